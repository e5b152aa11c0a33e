CREATE TABLE agreements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    status TEXT NOT NULL CHECK (status IN ('drafting', 'awaiting_signatures', 'in_force', 'notice', 'closed', 'withdrawn')),
    structure TEXT CHECK (structure IN ('agent_of_person', 'agent_of_council', 'principal_exempt', 'principal_taxable')),
    starts_on DATE NOT NULL,
    weekly_pence BIGINT NOT NULL,
    contribution_mode TEXT NOT NULL,
    contribution_weekly_pence BIGINT NOT NULL,
    payment_frequency TEXT NOT NULL,
    advance_days BIGINT NOT NULL,
    fee_weekly_pence BIGINT NOT NULL CHECK (fee_weekly_pence >= 0),
    fee_position TEXT NOT NULL CHECK (fee_position IN ('from_budget', 'on_top')),
    surplus_rule TEXT NOT NULL CHECK (surplus_rule IN ('pro_rata', 'council_first')),
    surplus_cap_weeks BIGINT NOT NULL,
    notice_person_weeks BIGINT NOT NULL,
    notice_holder_weeks BIGINT NOT NULL,
    notice_council_weeks BIGINT NOT NULL,
    document_id BIGINT REFERENCES documents (id),
    proposed_at TIMESTAMP,
    in_force_at TIMESTAMP,
    notice_by TEXT,
    notice_reason TEXT,
    ends_on DATE,
    closed_at TIMESTAMP,
    drafted_by BIGINT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX agreements_fund ON agreements (fund_id, id);

CREATE TABLE agreement_signatures (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    agreement_id BIGINT NOT NULL REFERENCES agreements (id),
    party TEXT NOT NULL CHECK (party IN ('person', 'holder', 'council')),
    user_id BIGINT NOT NULL REFERENCES users (id),
    signer_name TEXT NOT NULL,
    authority TEXT NOT NULL,
    document_sha256 TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL,
    UNIQUE (agreement_id, party)
);

-- Who did what to an agreement, under which authority and when; signatures have their own table.
CREATE TABLE agreement_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    agreement_id BIGINT NOT NULL REFERENCES agreements (id),
    deed TEXT NOT NULL CHECK (deed IN ('drawn_up', 'terms_changed', 'proposed', 'withdrawn', 'ending', 'closed')),
    user_id BIGINT NOT NULL REFERENCES users (id),
    user_name TEXT NOT NULL,
    authority TEXT NOT NULL,
    detail TEXT NOT NULL,
    happened_at TIMESTAMP NOT NULL
);
CREATE INDEX agreement_events_agreement ON agreement_events (agreement_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER agreement_signatures_no_update BEFORE UPDATE ON agreement_signatures BEGIN
    SELECT RAISE(ABORT, 'agreement_signatures is append-only');
END;
CREATE TRIGGER agreement_signatures_no_delete BEFORE DELETE ON agreement_signatures BEGIN
    SELECT RAISE(ABORT, 'agreement_signatures is append-only');
END;
CREATE TRIGGER agreement_events_no_update BEFORE UPDATE ON agreement_events BEGIN
    SELECT RAISE(ABORT, 'agreement_events is append-only');
END;
CREATE TRIGGER agreement_events_no_delete BEFORE DELETE ON agreement_events BEGIN
    SELECT RAISE(ABORT, 'agreement_events is append-only');
END;
