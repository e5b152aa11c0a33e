-- Why a person's second factor was taken away is about that person: it goes with the erasure of their record, and nothing
-- else of it does.
CREATE FUNCTION refuse_change_of_factor_removals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' AND NEW.reason = ''
        AND EXISTS (SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END;
$$;
DROP TRIGGER factor_removals_no_update ON factor_removals;
CREATE TRIGGER factor_removals_no_update BEFORE UPDATE ON factor_removals FOR EACH ROW EXECUTE FUNCTION refuse_change_of_factor_removals();
