CREATE TABLE delivery_visits_old (
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
-- Which of them it was is not known any more.
INSERT INTO delivery_visits_old SELECT id, delivery_id, starts_at, minutes, staff, miles,
    CASE outcome WHEN 'not_given' THEN 'missed' ELSE outcome END, cancelled_at, hospital_since, percent, reason, rate_id, agreed
    FROM delivery_visits;
DROP TABLE delivery_visits;
ALTER TABLE delivery_visits_old RENAME TO delivery_visits;
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
