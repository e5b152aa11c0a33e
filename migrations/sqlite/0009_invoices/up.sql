-- The last number given out in each provider's unbroken series.
CREATE TABLE invoice_series (
    provider_id BIGINT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    last_number BIGINT NOT NULL,
    PRIMARY KEY (provider_id, kind)
);

CREATE TABLE invoices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    number BIGINT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES organisations (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    credits_invoice_id BIGINT REFERENCES invoices (id),
    credit_reason TEXT,
    payer TEXT NOT NULL CHECK (payer IN ('person', 'nominee', 'trust', 'holder', 'council')),
    addressee_name TEXT NOT NULL,
    addressee_address TEXT NOT NULL,
    person_reference TEXT NOT NULL,
    issued_on DATE NOT NULL,
    period_from DATE NOT NULL,
    period_to DATE NOT NULL,
    due_on DATE NOT NULL,
    net_pence BIGINT NOT NULL,
    vat_pence BIGINT NOT NULL,
    total_pence BIGINT NOT NULL,
    budget_pence BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('issued', 'queried', 'approved', 'paid', 'credited')),
    query_reason TEXT,
    decided_by BIGINT REFERENCES users (id),
    decided_authority TEXT,
    decided_at TIMESTAMP,
    paid_on DATE,
    payment_reference TEXT,
    document_id BIGINT NOT NULL REFERENCES documents (id),
    issued_by BIGINT NOT NULL REFERENCES users (id),
    issued_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (provider_id, kind, number)
);
CREATE INDEX invoices_fund ON invoices (fund_id, id);
CREATE INDEX invoices_order ON invoices (order_id, id);
CREATE INDEX invoices_credits ON invoices (credits_invoice_id);

CREATE TABLE invoice_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    invoice_id BIGINT NOT NULL REFERENCES invoices (id),
    order_line_id BIGINT NOT NULL REFERENCES order_lines (id),
    description TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    vat_class TEXT NOT NULL,
    vat_category TEXT NOT NULL,
    vat_rate_basis_points BIGINT NOT NULL,
    net_pence BIGINT NOT NULL,
    vat_pence BIGINT NOT NULL,
    budget_pence BIGINT NOT NULL,
    ground TEXT NOT NULL
);
CREATE INDEX invoice_lines_invoice ON invoice_lines (invoice_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER invoice_lines_no_update BEFORE UPDATE ON invoice_lines BEGIN
    SELECT RAISE(ABORT, 'invoice_lines is append-only');
END;
CREATE TRIGGER invoice_lines_no_delete BEFORE DELETE ON invoice_lines BEGIN
    SELECT RAISE(ABORT, 'invoice_lines is append-only');
END;
