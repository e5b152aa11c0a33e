DROP TABLE rate_notices;
DROP TABLE rate_prices;
CREATE TABLE service_rates_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    unit TEXT NOT NULL CHECK (unit IN ('hour', 'session', 'visit', 'day', 'week', 'mile', 'item')),
    entered_price BIGINT NOT NULL CHECK (entered_price >= 0),
    basis TEXT NOT NULL CHECK (basis IN ('net', 'inclusive')),
    net_price BIGINT NOT NULL CHECK (net_price >= 0),
    from_date DATE NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
INSERT INTO service_rates_old
    SELECT id, service_id, unit, entered_price, basis, net_price, from_date, recorded_by, recorded_at FROM service_rates;
DROP TABLE service_rates;
ALTER TABLE service_rates_old RENAME TO service_rates;
CREATE INDEX service_rates_service ON service_rates (service_id, from_date, id);
CREATE TRIGGER service_rates_no_update BEFORE UPDATE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
CREATE TRIGGER service_rates_no_delete BEFORE DELETE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
