DROP TABLE quote_refusals;
DROP FUNCTION refuse_change_of_quote_refusals();
ALTER TABLE quote_choices DROP CONSTRAINT quote_choices_request_id_number_key;
ALTER TABLE quote_choices DROP COLUMN number;
ALTER TABLE quote_choices ADD UNIQUE (request_id);
