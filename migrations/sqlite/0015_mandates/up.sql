-- Files that somebody sent as evidence. The bytes lie in the database, so that one backup has everything and several
-- servers see the same; nothing is ever written under a name that somebody chose.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('pdf', 'png', 'jpeg')),
    sha256 TEXT NOT NULL,
    bytes BLOB NOT NULL,
    added_by BIGINT NOT NULL REFERENCES users (id),
    added_at TIMESTAMP NOT NULL
);

-- On what a mandate rests: a paper that was seen, a file, or both. The first row of a mandate says who recorded it.
CREATE TABLE mandate_evidence (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    mandate_id BIGINT NOT NULL REFERENCES mandates (id),
    note TEXT NOT NULL,
    file_id BIGINT REFERENCES files (id),
    added_by BIGINT NOT NULL REFERENCES users (id),
    added_at TIMESTAMP NOT NULL
);
CREATE INDEX mandate_evidence_mandate ON mandate_evidence (mandate_id, id);

-- Why and by whom a mandate was ended before its last day.
CREATE TABLE mandate_endings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    mandate_id BIGINT NOT NULL UNIQUE REFERENCES mandates (id),
    cause TEXT NOT NULL CHECK (cause IN ('taken_back', 'ended_by_council', 'given_up', 'death', 'capacity')),
    note TEXT NOT NULL,
    ended_by BIGINT NOT NULL REFERENCES users (id),
    ended_at TIMESTAMP NOT NULL
);

-- What the person keeps from one mandate.
CREATE TABLE mandate_hidden_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    mandate_id BIGINT NOT NULL REFERENCES mandates (id),
    kind TEXT NOT NULL CHECK (kind IN ('fund', 'package', 'order_line', 'delivery', 'invoice', 'agreement')),
    item_id BIGINT NOT NULL,
    hidden_by BIGINT NOT NULL REFERENCES users (id),
    hidden_at TIMESTAMP NOT NULL,
    UNIQUE (mandate_id, kind, item_id)
);

-- What was found about a person's capacity to decide, for one kind of decision at one time (Mental Capacity Act 2005).
CREATE TABLE capacity_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    decided_on DATE NOT NULL,
    about TEXT NOT NULL CHECK (about IN ('money', 'care', 'other')),
    has_capacity BOOLEAN NOT NULL,
    decided_by TEXT NOT NULL,
    note TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX capacity_decisions_person ON capacity_decisions (person_id, id);

-- The newest row of a person holds; without a day it says that the one before was a mistake.
CREATE TABLE deaths (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    died_on DATE,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX deaths_person ON deaths (person_id, id);

-- When whoever holds a person's money must ask before an invoice is approved. The newest row that has begun holds.
CREATE TABLE consent_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    rule TEXT NOT NULL CHECK (rule IN ('always', 'above', 'unusual', 'delegated')),
    above_pence BIGINT CHECK (above_pence > 0),
    delegate_id BIGINT REFERENCES mandates (id),
    from_date DATE NOT NULL,
    set_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    set_at TIMESTAMP NOT NULL,
    CHECK ((rule = 'above') = (above_pence IS NOT NULL)),
    CHECK ((rule = 'delegated') = (delegate_id IS NOT NULL))
);
CREATE INDEX consent_rules_person ON consent_rules (person_id, id);

-- Who said yes to an invoice, in the version that they saw.
CREATE TABLE invoice_consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    invoice_version BIGINT NOT NULL,
    given_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    given_at TIMESTAMP NOT NULL,
    UNIQUE (invoice_id, invoice_version)
);

-- Under which mandate something was signed or decided, beside the authority in words.
ALTER TABLE agreement_signatures ADD COLUMN mandate_id BIGINT;
ALTER TABLE agreement_events ADD COLUMN mandate_id BIGINT;
ALTER TABLE invoices ADD COLUMN decided_mandate_id BIGINT;

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN
    SELECT RAISE(ABORT, 'files is append-only');
END;
CREATE TRIGGER files_no_delete BEFORE DELETE ON files BEGIN
    SELECT RAISE(ABORT, 'files is append-only');
END;
CREATE TRIGGER mandate_evidence_no_update BEFORE UPDATE ON mandate_evidence BEGIN
    SELECT RAISE(ABORT, 'mandate_evidence is append-only');
END;
CREATE TRIGGER mandate_evidence_no_delete BEFORE DELETE ON mandate_evidence BEGIN
    SELECT RAISE(ABORT, 'mandate_evidence is append-only');
END;
CREATE TRIGGER mandate_endings_no_update BEFORE UPDATE ON mandate_endings BEGIN
    SELECT RAISE(ABORT, 'mandate_endings is append-only');
END;
CREATE TRIGGER mandate_endings_no_delete BEFORE DELETE ON mandate_endings BEGIN
    SELECT RAISE(ABORT, 'mandate_endings is append-only');
END;
CREATE TRIGGER capacity_decisions_no_update BEFORE UPDATE ON capacity_decisions BEGIN
    SELECT RAISE(ABORT, 'capacity_decisions is append-only');
END;
CREATE TRIGGER capacity_decisions_no_delete BEFORE DELETE ON capacity_decisions BEGIN
    SELECT RAISE(ABORT, 'capacity_decisions is append-only');
END;
CREATE TRIGGER deaths_no_update BEFORE UPDATE ON deaths BEGIN
    SELECT RAISE(ABORT, 'deaths is append-only');
END;
CREATE TRIGGER deaths_no_delete BEFORE DELETE ON deaths BEGIN
    SELECT RAISE(ABORT, 'deaths is append-only');
END;
CREATE TRIGGER consent_rules_no_update BEFORE UPDATE ON consent_rules BEGIN
    SELECT RAISE(ABORT, 'consent_rules is append-only');
END;
CREATE TRIGGER consent_rules_no_delete BEFORE DELETE ON consent_rules BEGIN
    SELECT RAISE(ABORT, 'consent_rules is append-only');
END;
CREATE TRIGGER invoice_consents_no_update BEFORE UPDATE ON invoice_consents BEGIN
    SELECT RAISE(ABORT, 'invoice_consents is append-only');
END;
CREATE TRIGGER invoice_consents_no_delete BEFORE DELETE ON invoice_consents BEGIN
    SELECT RAISE(ABORT, 'invoice_consents is append-only');
END;
