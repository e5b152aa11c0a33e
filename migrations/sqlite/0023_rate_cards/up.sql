-- A rate is a card: beside the price for one unit it holds other prices by time and length, how minutes are counted, how
-- many give it to how many, travel, and what is charged for what does not take place.
CREATE TABLE service_rates_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    unit TEXT NOT NULL CHECK (unit IN ('hour', 'session', 'visit', 'day', 'week', 'mile', 'item', 'minute', 'waking_night', 'sleeping_night')),
    entered_price BIGINT NOT NULL CHECK (entered_price >= 0),
    basis TEXT NOT NULL CHECK (basis IN ('net', 'inclusive')),
    net_price BIGINT NOT NULL CHECK (net_price >= 0),
    from_date DATE NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL,
    rounding TEXT NOT NULL CHECK (rounding IN ('exact', 'up', 'nearest', 'down')),
    step_minutes BIGINT NOT NULL CHECK (step_minutes BETWEEN 1 AND 60),
    minimum_minutes BIGINT NOT NULL CHECK (minimum_minutes BETWEEN 0 AND 1440),
    staff BIGINT NOT NULL CHECK (staff BETWEEN 1 AND 10),
    people BIGINT NOT NULL CHECK (people BETWEEN 1 AND 100),
    mile_net BIGINT CHECK (mile_net >= 0),
    hospital_days BIGINT NOT NULL CHECK (hospital_days BETWEEN 0 AND 365),
    free_break_days BIGINT CHECK (free_break_days BETWEEN 1 AND 365)
);
INSERT INTO service_rates_new
    SELECT id, service_id, unit, entered_price, basis, net_price, from_date, recorded_by, recorded_at,
        'exact', 1, 0, 1, 1, NULL, 0, NULL FROM service_rates;
DROP TABLE service_rates;
ALTER TABLE service_rates_new RENAME TO service_rates;
CREATE INDEX service_rates_service ON service_rates (service_id, from_date, id);

-- Other prices of a rate: at other times, or for visits of a length. Minutes of the day count from midnight; a time that
-- ends at or before its beginning goes on after midnight.
CREATE TABLE rate_prices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rate_id BIGINT NOT NULL REFERENCES service_rates (id),
    days TEXT NOT NULL CHECK (days IN ('every', 'weekdays', 'weekend', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday', 'bank_holidays', 'special')),
    special_on DATE,
    from_minute BIGINT CHECK (from_minute BETWEEN 0 AND 1439),
    until_minute BIGINT CHECK (until_minute BETWEEN 0 AND 1439),
    visit_minutes BIGINT CHECK (visit_minutes BETWEEN 1 AND 1440),
    entered_price BIGINT NOT NULL CHECK (entered_price >= 0),
    net_price BIGINT NOT NULL CHECK (net_price >= 0),
    CHECK ((days = 'special') = (special_on IS NOT NULL)),
    CHECK ((from_minute IS NULL) = (until_minute IS NULL))
);
CREATE INDEX rate_prices_rate ON rate_prices (rate_id, id);

-- What is charged for a visit that is cancelled with less notice than so many hours.
CREATE TABLE rate_notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rate_id BIGINT NOT NULL REFERENCES service_rates (id),
    hours BIGINT NOT NULL CHECK (hours BETWEEN 1 AND 8760),
    percent BIGINT NOT NULL CHECK (percent BETWEEN 1 AND 100),
    UNIQUE (rate_id, hours)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER service_rates_no_update BEFORE UPDATE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
CREATE TRIGGER service_rates_no_delete BEFORE DELETE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
CREATE TRIGGER rate_prices_no_update BEFORE UPDATE ON rate_prices BEGIN
    SELECT RAISE(ABORT, 'rate_prices is append-only');
END;
CREATE TRIGGER rate_prices_no_delete BEFORE DELETE ON rate_prices BEGIN
    SELECT RAISE(ABORT, 'rate_prices is append-only');
END;
CREATE TRIGGER rate_notices_no_update BEFORE UPDATE ON rate_notices BEGIN
    SELECT RAISE(ABORT, 'rate_notices is append-only');
END;
CREATE TRIGGER rate_notices_no_delete BEFORE DELETE ON rate_notices BEGIN
    SELECT RAISE(ABORT, 'rate_notices is append-only');
END;
