-- That somebody was in hospital is no longer told of a visit whose person was erased: only that it was not given. What was
-- charged for it stays.
CREATE TABLE delivery_visits_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    delivery_id BIGINT NOT NULL UNIQUE REFERENCES deliveries (id),
    starts_at TIMESTAMP NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    staff BIGINT NOT NULL CHECK (staff BETWEEN 1 AND 10),
    miles BIGINT NOT NULL CHECK (miles BETWEEN 0 AND 100000),
    outcome TEXT NOT NULL CHECK (outcome IN ('given', 'cancelled_by_person', 'nobody_there', 'cancelled_by_provider', 'missed', 'hospital', 'not_given')),
    cancelled_at TIMESTAMP,
    hospital_since DATE,
    percent BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    reason TEXT NOT NULL,
    rate_id BIGINT NOT NULL REFERENCES service_rates (id),
    agreed BOOLEAN NOT NULL
);
INSERT INTO delivery_visits_new SELECT * FROM delivery_visits;
DROP TABLE delivery_visits;
ALTER TABLE delivery_visits_new RENAME TO delivery_visits;

-- An erasure takes out why, since when and when it was called off, and how it came that it was not given; nothing else.
CREATE TRIGGER delivery_visits_no_update BEFORE UPDATE ON delivery_visits WHEN NOT (
    NEW.id IS OLD.id AND NEW.delivery_id IS OLD.delivery_id AND NEW.starts_at IS OLD.starts_at AND NEW.minutes IS OLD.minutes
    AND NEW.staff IS OLD.staff AND NEW.miles IS OLD.miles AND NEW.percent IS OLD.percent
    AND NEW.rate_id IS OLD.rate_id AND NEW.agreed IS OLD.agreed
    AND NEW.outcome IS CASE OLD.outcome WHEN 'given' THEN 'given' ELSE 'not_given' END
    AND NEW.reason IS '' AND NEW.hospital_since IS NULL AND NEW.cancelled_at IS NULL
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
        JOIN deliveries ON deliveries.fund_id = funds.id WHERE deliveries.id = OLD.delivery_id)
) BEGIN
    SELECT RAISE(ABORT, 'delivery_visits is append-only');
END;
CREATE TRIGGER delivery_visits_no_delete BEFORE DELETE ON delivery_visits BEGIN
    SELECT RAISE(ABORT, 'delivery_visits is append-only');
END;

-- Whoever was erased before.
UPDATE delivery_visits SET outcome = 'not_given' WHERE outcome <> 'given' AND reason = '' AND cancelled_at IS NULL
    AND hospital_since IS NULL AND delivery_id IN (SELECT deliveries.id FROM deliveries
        JOIN funds ON funds.id = deliveries.fund_id JOIN erasures ON erasures.person_id = funds.person_id);
