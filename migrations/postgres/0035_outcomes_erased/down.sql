CREATE OR REPLACE FUNCTION refuse_change_of_delivery_visits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'reason' - 'hospital_since' - 'cancelled_at' = to_jsonb(OLD) - 'reason' - 'hospital_since' - 'cancelled_at'
        AND NEW.reason = '' AND NEW.hospital_since IS NULL AND NEW.cancelled_at IS NULL
        AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
            JOIN deliveries ON deliveries.fund_id = funds.id WHERE deliveries.id = OLD.delivery_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
ALTER TABLE delivery_visits DROP CONSTRAINT delivery_visits_outcome_check;
ALTER TABLE delivery_visits DISABLE TRIGGER delivery_visits_no_update;
-- Which of them it was is not known any more.
UPDATE delivery_visits SET outcome = 'missed' WHERE outcome = 'not_given';
ALTER TABLE delivery_visits ENABLE TRIGGER delivery_visits_no_update;
ALTER TABLE delivery_visits ADD CONSTRAINT delivery_visits_outcome_check CHECK (outcome IN ('given', 'cancelled_by_person', 'nobody_there', 'cancelled_by_provider', 'missed', 'hospital'));
