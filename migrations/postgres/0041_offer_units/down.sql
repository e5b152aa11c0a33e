ALTER TABLE quote_answers DROP COLUMN quantity;
ALTER TABLE quote_answers DROP COLUMN unit;
