DROP TRIGGER factor_removals_no_update ON factor_removals;
CREATE TRIGGER factor_removals_no_update BEFORE UPDATE ON factor_removals FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_change_of_factor_removals;
