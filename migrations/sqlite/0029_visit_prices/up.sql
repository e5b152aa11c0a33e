-- Visits that a package plans for a service each week; a service without any is planned by its quantity alone.
CREATE TABLE package_visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    package_id BIGINT NOT NULL REFERENCES packages (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    days TEXT NOT NULL CHECK (days IN ('every', 'weekdays', 'weekend', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    start_minute BIGINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    staff BIGINT NOT NULL CHECK (staff BETWEEN 1 AND 10),
    miles BIGINT NOT NULL CHECK (miles BETWEEN 0 AND 100000)
);
CREATE INDEX package_visits_package ON package_visits (package_id, service_id, id);

-- What an order line froze of them, and the parts of which its price is made.
CREATE TABLE order_visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    order_line_id BIGINT NOT NULL REFERENCES order_lines (id),
    days TEXT NOT NULL CHECK (days IN ('every', 'weekdays', 'weekend', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    start_minute BIGINT NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    staff BIGINT NOT NULL CHECK (staff BETWEEN 1 AND 10),
    miles BIGINT NOT NULL CHECK (miles BETWEEN 0 AND 100000)
);
CREATE INDEX order_visits_order ON order_visits (order_id, order_line_id, id);
CREATE TABLE order_parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    order_line_id BIGINT NOT NULL REFERENCES order_lines (id),
    words TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    base_quantity BIGINT NOT NULL CHECK (base_quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0)
);
CREATE INDEX order_parts_order ON order_parts (order_id, order_line_id, id);

-- What became of a planned visit and why it is charged as it is, as it was when it was recorded: by which rate, or by a
-- price that was agreed for the fund; and the parts of which that price is made.
CREATE TABLE delivery_visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    delivery_id BIGINT NOT NULL UNIQUE REFERENCES deliveries (id),
    starts_at TIMESTAMP NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    staff BIGINT NOT NULL CHECK (staff BETWEEN 1 AND 10),
    miles BIGINT NOT NULL CHECK (miles BETWEEN 0 AND 100000),
    outcome TEXT NOT NULL CHECK (outcome IN ('given', 'cancelled_by_person', 'nobody_there', 'cancelled_by_provider', 'missed', 'hospital')),
    cancelled_at TIMESTAMP,
    hospital_since DATE,
    percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    reason TEXT NOT NULL,
    rate_id BIGINT NOT NULL REFERENCES service_rates (id),
    agreed BOOLEAN NOT NULL
);
CREATE TABLE delivery_parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    delivery_id BIGINT NOT NULL REFERENCES deliveries (id),
    words TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    base_quantity BIGINT NOT NULL CHECK (base_quantity > 0),
    unit_price BIGINT NOT NULL CHECK (unit_price >= 0)
);
CREATE INDEX delivery_parts_delivery ON delivery_parts (delivery_id, id);

-- For how much of its unit the price of an invoice line is: 60 where minutes have a price by the hour.
ALTER TABLE invoice_lines ADD COLUMN base_quantity BIGINT NOT NULL DEFAULT 100 CHECK (base_quantity > 0);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER order_visits_no_update BEFORE UPDATE ON order_visits BEGIN
    SELECT RAISE(ABORT, 'order_visits is append-only');
END;
CREATE TRIGGER order_visits_no_delete BEFORE DELETE ON order_visits BEGIN
    SELECT RAISE(ABORT, 'order_visits is append-only');
END;
CREATE TRIGGER order_parts_no_update BEFORE UPDATE ON order_parts BEGIN
    SELECT RAISE(ABORT, 'order_parts is append-only');
END;
CREATE TRIGGER order_parts_no_delete BEFORE DELETE ON order_parts BEGIN
    SELECT RAISE(ABORT, 'order_parts is append-only');
END;
-- An erasure takes out why, since when and when it was called off, and nothing else.
CREATE TRIGGER delivery_visits_no_update BEFORE UPDATE ON delivery_visits WHEN NOT (
    NEW.id IS OLD.id AND NEW.delivery_id IS OLD.delivery_id AND NEW.starts_at IS OLD.starts_at AND NEW.minutes IS OLD.minutes
    AND NEW.staff IS OLD.staff AND NEW.miles IS OLD.miles AND NEW.outcome IS OLD.outcome AND NEW.percent IS OLD.percent
    AND NEW.rate_id IS OLD.rate_id AND NEW.agreed IS OLD.agreed
    AND NEW.reason IS '' AND NEW.hospital_since IS NULL AND NEW.cancelled_at IS NULL
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
        JOIN deliveries ON deliveries.fund_id = funds.id WHERE deliveries.id = OLD.delivery_id)
) BEGIN
    SELECT RAISE(ABORT, 'delivery_visits is append-only');
END;
CREATE TRIGGER delivery_visits_no_delete BEFORE DELETE ON delivery_visits BEGIN
    SELECT RAISE(ABORT, 'delivery_visits is append-only');
END;
CREATE TRIGGER delivery_parts_no_update BEFORE UPDATE ON delivery_parts BEGIN
    SELECT RAISE(ABORT, 'delivery_parts is append-only');
END;
CREATE TRIGGER delivery_parts_no_delete BEFORE DELETE ON delivery_parts BEGIN
    SELECT RAISE(ABORT, 'delivery_parts is append-only');
END;
