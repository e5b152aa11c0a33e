-- How a council is reached when something is wrong; the newest row of a council holds.
CREATE TABLE council_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    complaints_team TEXT NOT NULL,
    care_line TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX council_contacts_council ON council_contacts (council_id, id);

-- A complaint or dispute of a person: about whom, about which thing, who was asked first, with whom it is now, and by when
-- they must answer, as it was worked out when it came to them.
CREATE TABLE complaints (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    about TEXT NOT NULL CHECK (about IN ('provider', 'holder', 'council', 'decision', 'representative')),
    about_organisation_id BIGINT REFERENCES organisations (id),
    about_user_id BIGINT REFERENCES users (id),
    about_words TEXT NOT NULL,
    thing_kind TEXT CHECK (thing_kind IN ('invoice', 'delivery', 'agreement', 'order', 'fund')),
    thing_id BIGINT,
    thing_words TEXT NOT NULL,
    asked_id BIGINT NOT NULL REFERENCES organisations (id),
    with_id BIGINT NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('raised', 'acknowledged', 'answered', 'escalated', 'outside', 'settled')),
    raised_by BIGINT NOT NULL REFERENCES users (id),
    raised_on DATE NOT NULL,
    acknowledge_by DATE NOT NULL,
    acknowledge_at_latest DATE NOT NULL,
    answer_by DATE NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((thing_kind IS NULL) = (thing_id IS NULL)),
    CHECK ((about = 'representative') = (about_user_id IS NOT NULL))
);
CREATE INDEX complaints_person ON complaints (person_id, id);
CREATE INDEX complaints_asked ON complaints (asked_id, id);
CREATE INDEX complaints_with ON complaints (with_id, status);
CREATE INDEX complaints_council ON complaints (council_id, id);

-- Who said and did what in a complaint, and when; the clock has no user.
CREATE TABLE complaint_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    complaint_id BIGINT NOT NULL REFERENCES complaints (id),
    deed TEXT NOT NULL CHECK (deed IN ('raised', 'acknowledged', 'message', 'answered', 'settled', 'escalated', 'overdue', 'outside')),
    text TEXT NOT NULL,
    by_user_id BIGINT REFERENCES users (id),
    authority TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    CHECK ((deed = 'overdue') = (by_user_id IS NULL))
);
CREATE INDEX complaint_entries_complaint ON complaint_entries (complaint_id, id);

-- A concern that somebody may be at risk of abuse or neglect (Care Act 2014 s.42): for a council's safeguarding people only.
CREATE TABLE safeguarding_concerns (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reference TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    about_user_id BIGINT REFERENCES users (id),
    about_organisation_id BIGINT REFERENCES organisations (id),
    about_words TEXT NOT NULL,
    what TEXT NOT NULL,
    raised_by BIGINT NOT NULL REFERENCES users (id),
    raised_authority TEXT NOT NULL,
    raised_at TIMESTAMP NOT NULL
);
CREATE INDEX safeguarding_concerns_council ON safeguarding_concerns (council_id, id);
CREATE INDEX safeguarding_concerns_raised_by ON safeguarding_concerns (raised_by, id);

-- What the safeguarding people wrote and decided, numbered without a gap in each concern.
CREATE TABLE safeguarding_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    concern_id BIGINT NOT NULL REFERENCES safeguarding_concerns (id),
    number BIGINT NOT NULL,
    deed TEXT NOT NULL CHECK (deed IN ('note', 'enquiry', 'no_enquiry', 'closed')),
    text TEXT NOT NULL,
    by_user_id BIGINT NOT NULL REFERENCES users (id),
    at TIMESTAMP NOT NULL,
    UNIQUE (concern_id, number)
);

-- Signals of financial abuse, worked out from the records, for a person to judge. The same signal is raised once.
CREATE TABLE safeguarding_signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN ('bank_details', 'cash', 'representative', 'identical', 'fee')),
    reason TEXT NOT NULL,
    about_user_id BIGINT REFERENCES users (id),
    about_organisation_id BIGINT REFERENCES organisations (id),
    raised_at TIMESTAMP NOT NULL
);
CREATE INDEX safeguarding_signals_council ON safeguarding_signals (council_id, id);

-- What somebody judged a signal to be; each is judged once.
CREATE TABLE safeguarding_judgements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    signal_id BIGINT NOT NULL UNIQUE REFERENCES safeguarding_signals (id),
    judgement TEXT NOT NULL CHECK (judgement IN ('dismissed', 'taken_up')),
    reason TEXT NOT NULL,
    concern_id BIGINT REFERENCES safeguarding_concerns (id),
    by_user_id BIGINT NOT NULL REFERENCES users (id),
    at TIMESTAMP NOT NULL,
    CHECK ((judgement = 'taken_up') = (concern_id IS NOT NULL))
);

-- Every look at any of it.
CREATE TABLE safeguarding_looks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    concern_id BIGINT REFERENCES safeguarding_concerns (id),
    signal_id BIGINT REFERENCES safeguarding_signals (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    looked_at TIMESTAMP NOT NULL
);
CREATE INDEX safeguarding_looks_concern ON safeguarding_looks (concern_id, id);
CREATE INDEX safeguarding_looks_signal ON safeguarding_looks (signal_id, id);
CREATE INDEX safeguarding_looks_council ON safeguarding_looks (council_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER council_contacts_no_update BEFORE UPDATE ON council_contacts BEGIN
    SELECT RAISE(ABORT, 'council_contacts is append-only');
END;
CREATE TRIGGER council_contacts_no_delete BEFORE DELETE ON council_contacts BEGIN
    SELECT RAISE(ABORT, 'council_contacts is append-only');
END;
CREATE TRIGGER complaint_entries_no_update BEFORE UPDATE ON complaint_entries BEGIN
    SELECT RAISE(ABORT, 'complaint_entries is append-only');
END;
CREATE TRIGGER complaint_entries_no_delete BEFORE DELETE ON complaint_entries BEGIN
    SELECT RAISE(ABORT, 'complaint_entries is append-only');
END;
CREATE TRIGGER safeguarding_concerns_no_update BEFORE UPDATE ON safeguarding_concerns BEGIN
    SELECT RAISE(ABORT, 'safeguarding_concerns is append-only');
END;
CREATE TRIGGER safeguarding_concerns_no_delete BEFORE DELETE ON safeguarding_concerns BEGIN
    SELECT RAISE(ABORT, 'safeguarding_concerns is append-only');
END;
CREATE TRIGGER safeguarding_entries_no_update BEFORE UPDATE ON safeguarding_entries BEGIN
    SELECT RAISE(ABORT, 'safeguarding_entries is append-only');
END;
CREATE TRIGGER safeguarding_entries_no_delete BEFORE DELETE ON safeguarding_entries BEGIN
    SELECT RAISE(ABORT, 'safeguarding_entries is append-only');
END;
CREATE TRIGGER safeguarding_signals_no_update BEFORE UPDATE ON safeguarding_signals BEGIN
    SELECT RAISE(ABORT, 'safeguarding_signals is append-only');
END;
CREATE TRIGGER safeguarding_signals_no_delete BEFORE DELETE ON safeguarding_signals BEGIN
    SELECT RAISE(ABORT, 'safeguarding_signals is append-only');
END;
CREATE TRIGGER safeguarding_judgements_no_update BEFORE UPDATE ON safeguarding_judgements BEGIN
    SELECT RAISE(ABORT, 'safeguarding_judgements is append-only');
END;
CREATE TRIGGER safeguarding_judgements_no_delete BEFORE DELETE ON safeguarding_judgements BEGIN
    SELECT RAISE(ABORT, 'safeguarding_judgements is append-only');
END;
CREATE TRIGGER safeguarding_looks_no_update BEFORE UPDATE ON safeguarding_looks BEGIN
    SELECT RAISE(ABORT, 'safeguarding_looks is append-only');
END;
CREATE TRIGGER safeguarding_looks_no_delete BEFORE DELETE ON safeguarding_looks BEGIN
    SELECT RAISE(ABORT, 'safeguarding_looks is append-only');
END;
