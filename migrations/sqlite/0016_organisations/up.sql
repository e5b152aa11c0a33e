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
