DROP TRIGGER quote_answers_no_update;
ALTER TABLE quote_answers DROP COLUMN quantity;
ALTER TABLE quote_answers DROP COLUMN unit;
CREATE TRIGGER quote_answers_no_update BEFORE UPDATE ON quote_answers WHEN NOT (
    NEW.id IS OLD.id AND NEW.ask_id IS OLD.ask_id AND NEW.fund_id IS OLD.fund_id AND NEW.number IS OLD.number AND NEW.kind
    IS OLD.kind AND NEW.entered_price IS OLD.entered_price AND NEW.basis IS OLD.basis AND NEW.net_price IS OLD.net_price
    AND NEW.vat_class IS OLD.vat_class AND NEW.valid_until IS OLD.valid_until AND NEW.holds_until IS OLD.holds_until AND
    NEW.declined_because IS OLD.declined_because AND NEW.answered_by IS OLD.answered_by AND NEW.authority IS OLD.authority
    AND NEW.answered_at IS OLD.answered_at AND NEW.times IS '' AND NEW.note IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_answers is append-only');
END;
