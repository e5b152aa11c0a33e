CREATE TABLE personal_budgets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    weekly_pence BIGINT NOT NULL CHECK (weekly_pence > 0),
    contribution_weekly_pence BIGINT NOT NULL CHECK (contribution_weekly_pence >= 0),
    starts_on DATE NOT NULL,
    agreed_note TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX personal_budgets_person ON personal_budgets (person_id, starts_on, id);

CREATE TABLE funds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    form TEXT NOT NULL CHECK (form IN ('direct_payment', 'indirect_payment', 'trust_fund', 'brokered_fund', 'individual_service_fund', 'care_managed')),
    weekly_pence BIGINT NOT NULL CHECK (weekly_pence > 0),
    vat_uplift_weekly_pence BIGINT NOT NULL CHECK (vat_uplift_weekly_pence >= 0),
    holder_organisation_id BIGINT REFERENCES organisations (id),
    holder_user_id BIGINT REFERENCES users (id),
    recovery_confirmed BOOLEAN NOT NULL,
    intended_structure TEXT CHECK (intended_structure IN ('agent_of_person', 'agent_of_council', 'principal_exempt', 'principal_taxable')),
    payment_frequency TEXT NOT NULL CHECK (payment_frequency IN ('weekly', 'two_weekly', 'four_weekly', 'monthly')),
    contribution_mode TEXT NOT NULL CHECK (contribution_mode IN ('council_invoices', 'holder_collects', 'person_pays_in')),
    starts_on DATE NOT NULL,
    ended_on DATE,
    version BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL,
    CHECK ((form IN ('brokered_fund', 'individual_service_fund')) = (intended_structure IS NOT NULL)),
    CHECK ((form IN ('trust_fund', 'brokered_fund', 'individual_service_fund')) = (holder_organisation_id IS NOT NULL)),
    CHECK ((form = 'indirect_payment') = (holder_user_id IS NOT NULL))
);
CREATE INDEX funds_person ON funds (person_id, id);
CREATE INDEX funds_holder ON funds (holder_organisation_id, id);
CREATE INDEX funds_council ON funds (council_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER personal_budgets_no_update BEFORE UPDATE ON personal_budgets BEGIN
    SELECT RAISE(ABORT, 'personal_budgets is append-only');
END;
CREATE TRIGGER personal_budgets_no_delete BEFORE DELETE ON personal_budgets BEGIN
    SELECT RAISE(ABORT, 'personal_budgets is append-only');
END;
