-- Why a person's second factor was taken away is about that person: it goes with the erasure of their record, and nothing
-- else of it does.
DROP TRIGGER factor_removals_no_update;
CREATE TRIGGER factor_removals_no_update BEFORE UPDATE ON factor_removals WHEN NOT (
    NEW.id IS OLD.id AND NEW.user_id IS OLD.user_id AND NEW.organisation_id IS OLD.organisation_id
    AND NEW.person_id IS OLD.person_id AND NEW.authority IS OLD.authority AND NEW.asked_by IS OLD.asked_by
    AND NEW.asked_at IS OLD.asked_at AND NEW.reason IS ''
    AND EXISTS (SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id)
) BEGIN
    SELECT RAISE(ABORT, 'factor_removals is append-only');
END;
