DROP TRIGGER factor_removals_no_update;
CREATE TRIGGER factor_removals_no_update BEFORE UPDATE ON factor_removals BEGIN
    SELECT RAISE(ABORT, 'factor_removals is append-only');
END;
