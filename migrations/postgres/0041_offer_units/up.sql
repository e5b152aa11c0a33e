-- An offer says of what its price is for one, and how much of that each week: a service may be sold by another unit than the
-- one in which somebody asks. Offers from before are in the unit and the quantity of their request.
ALTER TABLE quote_answers ADD COLUMN unit TEXT;
ALTER TABLE quote_answers ADD COLUMN quantity BIGINT;
