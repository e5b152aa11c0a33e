-- Somebody has a role in an organisation once at a time; of two rows that say the same the first stays.
UPDATE memberships SET ended_at = created_at WHERE ended_at IS NULL AND EXISTS (
    SELECT 1 FROM memberships AS first
    WHERE first.user_id = memberships.user_id AND first.organisation_id = memberships.organisation_id
        AND first.role = memberships.role AND first.ended_at IS NULL AND first.id < memberships.id
);
CREATE UNIQUE INDEX memberships_held_once ON memberships (user_id, organisation_id, role) WHERE ended_at IS NULL;

-- Who gave or took which role, with what had to be said about it.
CREATE TABLE membership_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('officer', 'finance', 'coordinator', 'admin', 'safeguarding', 'auditor', 'reader')),
    given BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX membership_events_organisation ON membership_events (organisation_id, id);

-- How an organisation divides work with money; the newest row holds.
CREATE TABLE organisation_policies (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    separate_payments BOOLEAN NOT NULL,
    quorum BIGINT NOT NULL CHECK (quorum >= 2),
    reason TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX organisation_policies_organisation ON organisation_policies (organisation_id, id);

-- A trustee says that an invoice was paid, as they saw it; it counts as paid when as many as the quorum say the same.
CREATE TABLE payment_confirmations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    invoice_version BIGINT NOT NULL,
    paid_on DATE NOT NULL,
    reference TEXT NOT NULL,
    confirmed_by BIGINT NOT NULL REFERENCES users (id),
    confirmed_at TIMESTAMP NOT NULL
);
CREATE INDEX payment_confirmations_invoice ON payment_confirmations (invoice_id, id);

-- The same person approved and paid, and why that was allowed.
CREATE TABLE duty_exceptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX duty_exceptions_invoice ON duty_exceptions (invoice_id, id);

-- Where an organisation is paid: each change as it was asked for, sealed with a key that the database does not hold.
CREATE TABLE bank_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    sealed TEXT NOT NULL,
    drafted_by BIGINT NOT NULL REFERENCES users (id),
    drafted_at TIMESTAMP NOT NULL
);
CREATE INDEX bank_changes_organisation ON bank_changes (organisation_id, id);

-- What became of a change: confirmed by somebody else, stopped. Each happens once.
CREATE TABLE bank_change_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    change_id BIGINT NOT NULL REFERENCES bank_changes (id),
    step TEXT NOT NULL CHECK (step IN ('confirmed', 'stopped')),
    authority TEXT NOT NULL,
    reason TEXT NOT NULL,
    effective_at TIMESTAMP,
    done_by BIGINT NOT NULL REFERENCES users (id),
    done_at TIMESTAMP NOT NULL,
    UNIQUE (change_id, step),
    CHECK ((step = 'confirmed') = (effective_at IS NOT NULL))
);

-- Somebody says that a location of the regulator's register is theirs. Nothing of the entry changes before it is verified.
CREATE TABLE register_claims (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    location TEXT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('claimed', 'verified', 'refused', 'undone')),
    evidence TEXT NOT NULL,
    claimed_by BIGINT REFERENCES users (id),
    claimed_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX register_claims_verified_once ON register_claims (location) WHERE status = 'verified';
CREATE INDEX register_claims_organisation ON register_claims (organisation_id, id);
CREATE INDEX register_claims_location ON register_claims (location, id);
-- Until now a provider's word was enough; those entries can be undone as well.
INSERT INTO register_claims (location, organisation_id, status, evidence, claimed_at, version)
    SELECT register_location, min(id), 'verified', 'Stated by the provider, before claims were checked.', min(created_at), 1
    FROM organisations WHERE register_location IS NOT NULL GROUP BY register_location;

-- What happened to a claim.
CREATE TABLE claim_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    claim_id BIGINT NOT NULL REFERENCES register_claims (id),
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    done_by BIGINT NOT NULL REFERENCES users (id),
    done_at TIMESTAMP NOT NULL
);
CREATE INDEX claim_events_claim ON claim_events (claim_id, id);

-- A letter to the register's address with a code, of which only the hash is kept.
CREATE TABLE claim_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    claim_id BIGINT NOT NULL REFERENCES register_claims (id),
    number BIGINT NOT NULL,
    code_sha256 TEXT NOT NULL,
    tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
    issued_by BIGINT NOT NULL REFERENCES users (id),
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    UNIQUE (claim_id, number)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER membership_events_no_update BEFORE UPDATE ON membership_events BEGIN
    SELECT RAISE(ABORT, 'membership_events is append-only');
END;
CREATE TRIGGER membership_events_no_delete BEFORE DELETE ON membership_events BEGIN
    SELECT RAISE(ABORT, 'membership_events is append-only');
END;
CREATE TRIGGER organisation_policies_no_update BEFORE UPDATE ON organisation_policies BEGIN
    SELECT RAISE(ABORT, 'organisation_policies is append-only');
END;
CREATE TRIGGER organisation_policies_no_delete BEFORE DELETE ON organisation_policies BEGIN
    SELECT RAISE(ABORT, 'organisation_policies is append-only');
END;
CREATE TRIGGER payment_confirmations_no_update BEFORE UPDATE ON payment_confirmations BEGIN
    SELECT RAISE(ABORT, 'payment_confirmations is append-only');
END;
CREATE TRIGGER payment_confirmations_no_delete BEFORE DELETE ON payment_confirmations BEGIN
    SELECT RAISE(ABORT, 'payment_confirmations is append-only');
END;
CREATE TRIGGER duty_exceptions_no_update BEFORE UPDATE ON duty_exceptions BEGIN
    SELECT RAISE(ABORT, 'duty_exceptions is append-only');
END;
CREATE TRIGGER duty_exceptions_no_delete BEFORE DELETE ON duty_exceptions BEGIN
    SELECT RAISE(ABORT, 'duty_exceptions is append-only');
END;
CREATE TRIGGER bank_changes_no_update BEFORE UPDATE ON bank_changes BEGIN
    SELECT RAISE(ABORT, 'bank_changes is append-only');
END;
CREATE TRIGGER bank_changes_no_delete BEFORE DELETE ON bank_changes BEGIN
    SELECT RAISE(ABORT, 'bank_changes is append-only');
END;
CREATE TRIGGER bank_change_steps_no_update BEFORE UPDATE ON bank_change_steps BEGIN
    SELECT RAISE(ABORT, 'bank_change_steps is append-only');
END;
CREATE TRIGGER bank_change_steps_no_delete BEFORE DELETE ON bank_change_steps BEGIN
    SELECT RAISE(ABORT, 'bank_change_steps is append-only');
END;
CREATE TRIGGER claim_events_no_update BEFORE UPDATE ON claim_events BEGIN
    SELECT RAISE(ABORT, 'claim_events is append-only');
END;
CREATE TRIGGER claim_events_no_delete BEFORE DELETE ON claim_events BEGIN
    SELECT RAISE(ABORT, 'claim_events is append-only');
END;
