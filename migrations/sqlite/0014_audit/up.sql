-- Who did and saw what, under which authority, as it was at that moment. Nothing here refers to another table by a key:
-- a row must be able to outlive what it names. Nothing secret is kept here.
CREATE TABLE audit_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('act', 'view', 'sign_in', 'refused')),
    user_id BIGINT,
    user_name TEXT NOT NULL,
    capacity TEXT NOT NULL,
    mandate_id BIGINT,
    organisation_id BIGINT,
    person_id BIGINT,
    what TEXT NOT NULL,
    says TEXT NOT NULL,
    thing_kind TEXT NOT NULL,
    thing_id BIGINT,
    before_json TEXT,
    after_json TEXT,
    purpose TEXT,
    reference TEXT NOT NULL
);
CREATE INDEX audit_events_person ON audit_events (person_id, id);

-- The chain: one seal for each event, in the order of the events, over the seal before it.
CREATE TABLE audit_seals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    event_id BIGINT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    sealed_at TIMESTAMP NOT NULL
);

-- Which server seals at present: one row.
CREATE TABLE audit_leases (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    holder TEXT NOT NULL,
    until TIMESTAMP NOT NULL
);

-- Read-only access for a time and a purpose, given by a council to an auditor; without a person, to all of the council's.
CREATE TABLE audit_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    person_id BIGINT REFERENCES people (id),
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    purpose TEXT NOT NULL,
    granted_by BIGINT NOT NULL REFERENCES users (id),
    granted_at TIMESTAMP NOT NULL,
    ended_by BIGINT REFERENCES users (id),
    ended_at TIMESTAMP
);
CREATE INDEX audit_grants_user ON audit_grants (user_id, to_date);
CREATE INDEX audit_grants_council ON audit_grants (council_id, id);

-- An operator's look at one person's record: with a reason, for a short time.
CREATE TABLE audit_break_glass (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    reason TEXT NOT NULL,
    began_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX audit_break_glass_user ON audit_break_glass (user_id, ends_at);
CREATE INDEX audit_break_glass_person ON audit_break_glass (person_id, id);

-- Whoever runs the installation, and is nobody's officer by it.
ALTER TABLE users ADD COLUMN is_operator BOOLEAN NOT NULL DEFAULT FALSE;

-- Refused by the database itself.
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only');
END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals BEGIN
    SELECT RAISE(ABORT, 'audit_seals is append-only');
END;
CREATE TRIGGER audit_break_glass_no_update BEFORE UPDATE ON audit_break_glass BEGIN
    SELECT RAISE(ABORT, 'audit_break_glass is append-only');
END;
CREATE TRIGGER audit_break_glass_no_delete BEFORE DELETE ON audit_break_glass BEGIN
    SELECT RAISE(ABORT, 'audit_break_glass is append-only');
END;
