-- That somebody was in hospital is no longer told of a visit whose person was erased: only that it was not given. What was
-- charged for it stays.
ALTER TABLE delivery_visits DROP CONSTRAINT delivery_visits_outcome_check;
ALTER TABLE delivery_visits ADD CONSTRAINT delivery_visits_outcome_check CHECK (outcome IN ('given', 'cancelled_by_person', 'nobody_there', 'cancelled_by_provider', 'missed', 'hospital', 'not_given'));

-- An erasure takes out why, since when and when it was called off, and how it came that it was not given; nothing else.
CREATE OR REPLACE FUNCTION refuse_change_of_delivery_visits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'reason' - 'hospital_since' - 'cancelled_at' - 'outcome'
            = to_jsonb(OLD) - 'reason' - 'hospital_since' - 'cancelled_at' - 'outcome'
        AND NEW.outcome = (CASE OLD.outcome WHEN 'given' THEN 'given' ELSE 'not_given' END)
        AND NEW.reason = '' AND NEW.hospital_since IS NULL AND NEW.cancelled_at IS NULL
        AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
            JOIN deliveries ON deliveries.fund_id = funds.id WHERE deliveries.id = OLD.delivery_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;

-- Whoever was erased before.
UPDATE delivery_visits SET outcome = 'not_given' WHERE outcome <> 'given' AND reason = '' AND cancelled_at IS NULL
    AND hospital_since IS NULL AND delivery_id IN (SELECT deliveries.id FROM deliveries
        JOIN funds ON funds.id = deliveries.fund_id JOIN erasures ON erasures.person_id = funds.person_id);
