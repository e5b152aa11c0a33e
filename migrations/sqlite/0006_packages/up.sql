CREATE TABLE packages (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_by BIGINT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX packages_fund ON packages (fund_id, id);

CREATE TABLE package_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    package_id BIGINT NOT NULL REFERENCES packages (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    weekly_quantity BIGINT NOT NULL CHECK (weekly_quantity > 0),
    declaration BOOLEAN NOT NULL,
    UNIQUE (package_id, service_id)
);

-- An order freezes what a package said on its day; money is reserved for it.
CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    package_id BIGINT NOT NULL REFERENCES packages (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    agreement_id BIGINT,
    form TEXT NOT NULL,
    structure TEXT,
    recovery_confirmed BOOLEAN NOT NULL,
    starts_on DATE NOT NULL,
    weeks BIGINT NOT NULL CHECK (weeks > 0),
    budget_pence BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    ordered_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    ordered_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX orders_fund ON orders (fund_id, id);

CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL CHECK (kind IN ('service', 'fee')),
    service_id BIGINT REFERENCES services (id),
    provider_id BIGINT NOT NULL REFERENCES organisations (id),
    description TEXT NOT NULL,
    unit TEXT NOT NULL,
    unit_price BIGINT NOT NULL,
    vat_class TEXT NOT NULL,
    declaration BOOLEAN NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    net_pence BIGINT NOT NULL,
    budget_pence BIGINT NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id, id);
CREATE INDEX order_lines_provider ON order_lines (provider_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER order_lines_no_update BEFORE UPDATE ON order_lines BEGIN
    SELECT RAISE(ABORT, 'order_lines is append-only');
END;
CREATE TRIGGER order_lines_no_delete BEFORE DELETE ON order_lines BEGIN
    SELECT RAISE(ABORT, 'order_lines is append-only');
END;
