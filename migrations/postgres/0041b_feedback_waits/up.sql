-- Why another way was chosen is read only once the choice stands: until the choice is accepted it waits. What was written before
-- this, or with a choice that nobody accepts because nobody was chosen, waits for none.
ALTER TABLE quote_messages ADD COLUMN choice_id BIGINT REFERENCES quote_choices (id);
