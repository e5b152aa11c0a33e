-- Why another way was chosen is read only once the choice stands: until the choice is accepted it waits. What was written before
-- this, or with a choice that nobody accepts because nobody was chosen, waits for none.
ALTER TABLE quote_messages ADD COLUMN choice_id BIGINT REFERENCES quote_choices (id);
DROP TRIGGER quote_messages_no_update;
CREATE TRIGGER quote_messages_no_update BEFORE UPDATE ON quote_messages WHEN NOT (
    NEW.id IS OLD.id AND NEW.ask_id IS OLD.ask_id AND NEW.fund_id IS OLD.fund_id AND NEW.side IS OLD.side AND
    NEW.is_feedback IS OLD.is_feedback AND NEW.written_by IS OLD.written_by AND NEW.authority IS OLD.authority AND
    NEW.mandate_id IS OLD.mandate_id AND NEW.written_at IS OLD.written_at AND
    NEW.choice_id IS OLD.choice_id AND NEW.text IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_messages is append-only');
END;
