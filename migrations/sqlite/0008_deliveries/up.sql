CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    order_line_id BIGINT NOT NULL REFERENCES order_lines (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    provider_id BIGINT NOT NULL REFERENCES organisations (id),
    delivered_on DATE NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    note TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('recorded', 'confirmed', 'queried', 'withdrawn', 'invoiced')),
    value_pence BIGINT,
    query_reason TEXT,
    invoice_id BIGINT,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL,
    decided_by BIGINT REFERENCES users (id),
    decided_authority TEXT,
    decided_at TIMESTAMP,
    version BIGINT NOT NULL
);
CREATE INDEX deliveries_order_line ON deliveries (order_line_id, status);
CREATE INDEX deliveries_order ON deliveries (order_id, id);
CREATE INDEX deliveries_fund ON deliveries (fund_id, id);
CREATE INDEX deliveries_provider ON deliveries (provider_id, id);
