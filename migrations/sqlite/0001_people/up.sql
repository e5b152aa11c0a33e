CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    refresh_sha256 TEXT NOT NULL UNIQUE,
    previous_sha256 TEXT,
    rotated_at TIMESTAMP NOT NULL,
    device TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_previous ON sessions (previous_sha256);

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('company', 'sole_trader', 'charity', 'council', 'employment_business', 'introducer', 'trust')),
    is_provider BOOLEAN NOT NULL,
    is_holder BOOLEAN NOT NULL,
    is_broker BOOLEAN NOT NULL,
    address_line TEXT NOT NULL,
    town TEXT NOT NULL,
    postcode TEXT NOT NULL,
    about TEXT NOT NULL,
    la_code TEXT,
    charity_status TEXT NOT NULL CHECK (charity_status IN ('none', 'registered', 'exempt_or_excepted', 'unknown')),
    charity_number TEXT,
    regulated BOOLEAN NOT NULL,
    register_location TEXT,
    fictional BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE vat_registrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('not_registered', 'registered', 'applied_for')),
    number TEXT,
    from_date DATE NOT NULL,
    recorded_by BIGINT REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL,
    CHECK (status <> 'registered' OR number IS NOT NULL)
);
CREATE INDEX vat_registrations_organisation ON vat_registrations (organisation_id, from_date, id);

CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT UNIQUE REFERENCES users (id),
    reference TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    address_line TEXT NOT NULL,
    town TEXT NOT NULL,
    postcode TEXT NOT NULL,
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    fictional BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX people_council ON people (council_id, id);

CREATE TABLE memberships (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL CHECK (role IN ('officer', 'finance', 'coordinator', 'member')),
    ended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX memberships_user ON memberships (user_id);
CREATE INDEX memberships_organisation ON memberships (organisation_id);

CREATE TABLE mandates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT REFERENCES organisations (id),
    authority TEXT NOT NULL CHECK (authority IN ('broker', 'nominated_person', 'authorised_person', 'attorney', 'deputy', 'trustee')),
    from_date DATE NOT NULL,
    to_date DATE,
    ended_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX mandates_user ON mandates (user_id);
CREATE INDEX mandates_person ON mandates (person_id);

-- What was already done under a one-time form token or an Idempotency-Key, and where it led.
CREATE TABLE done_once (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    token TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    location TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, token)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER vat_registrations_no_update BEFORE UPDATE ON vat_registrations BEGIN
    SELECT RAISE(ABORT, 'vat_registrations is append-only');
END;
CREATE TRIGGER vat_registrations_no_delete BEFORE DELETE ON vat_registrations BEGIN
    SELECT RAISE(ABORT, 'vat_registrations is append-only');
END;
