-- A second factor: a code that changes every thirty seconds. The secret is sealed with a key that the database does not
-- hold; `last_step` is the last thirty seconds whose code was used, because a code is good once.
CREATE TABLE second_factors (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL UNIQUE REFERENCES users (id),
    sealed_secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    confirmed_at TIMESTAMP
);

-- Codes for whoever has lost the telephone: each is good once, and only its hash is kept.
CREATE TABLE recovery_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    code_sha256 TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    UNIQUE (user_id, code_sha256)
);

-- When the session was made with a second factor; empty where it was not.
ALTER TABLE sessions ADD COLUMN second_factor_at TIMESTAMP;

-- How often somebody tried in vain to sign in: for an e-mail address, whether it has a user or not, and for a network
-- address. Neither is kept itself, only a keyed fingerprint of it. Old rows are removed.
CREATE TABLE sign_in_tries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'network')),
    fingerprint TEXT NOT NULL,
    failures BIGINT NOT NULL,
    locks BIGINT NOT NULL,
    since TIMESTAMP NOT NULL,
    tried_at TIMESTAMP NOT NULL,
    not_before TIMESTAMP,
    UNIQUE (kind, fingerprint)
);
CREATE INDEX sign_in_tries_tried_at ON sign_in_tries (tried_at);
