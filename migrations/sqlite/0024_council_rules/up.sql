-- What a council has decided about providers: accepted, perhaps on another council's accreditation; suspended; and the most
-- that it pays for one unit of a kind of help. What hides or caps something carries exactly one cause (domain reference 8,
-- indicator 4). A rule is never changed: it is ended, and made anew.
CREATE TABLE council_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN ('accepted', 'suspended', 'capped')),
    provider_id BIGINT REFERENCES organisations (id),
    relies_on_id BIGINT REFERENCES council_rules (id),
    category TEXT,
    unit TEXT,
    most BIGINT CHECK (most > 0),
    cause TEXT CHECK (cause IN ('where', 'how', 'who', 'how_much', 'form')),
    reason TEXT NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    CHECK ((kind = 'accepted') = (cause IS NULL)),
    CHECK ((kind = 'capped') = (provider_id IS NULL)),
    CHECK ((kind = 'capped') = (category IS NOT NULL)),
    CHECK ((kind = 'capped') = (unit IS NOT NULL)),
    CHECK ((kind = 'capped') = (most IS NOT NULL)),
    CHECK (relies_on_id IS NULL OR kind = 'accepted')
);
CREATE INDEX council_rules_council ON council_rules (council_id, id);
CREATE INDEX council_rules_provider ON council_rules (provider_id, id);

-- That a rule no longer holds, from a day on, and why.
CREATE TABLE council_rule_endings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rule_id BIGINT NOT NULL UNIQUE REFERENCES council_rules (id),
    from_date DATE NOT NULL,
    reason TEXT NOT NULL,
    ended_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    ended_at TIMESTAMP NOT NULL
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER council_rules_no_update BEFORE UPDATE ON council_rules BEGIN
    SELECT RAISE(ABORT, 'council_rules is append-only');
END;
CREATE TRIGGER council_rules_no_delete BEFORE DELETE ON council_rules BEGIN
    SELECT RAISE(ABORT, 'council_rules is append-only');
END;
CREATE TRIGGER council_rule_endings_no_update BEFORE UPDATE ON council_rule_endings BEGIN
    SELECT RAISE(ABORT, 'council_rule_endings is append-only');
END;
CREATE TRIGGER council_rule_endings_no_delete BEFORE DELETE ON council_rule_endings BEGIN
    SELECT RAISE(ABORT, 'council_rule_endings is append-only');
END;
