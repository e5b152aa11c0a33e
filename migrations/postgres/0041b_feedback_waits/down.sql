ALTER TABLE quote_messages DROP COLUMN choice_id;
