-- Entries of the search that say more of a place than they should, or nothing of how far a provider travels, are made again
-- by the job of the next day: somebody who works alone may live at the place that they give.
UPDATE search_entries SET next_change_on = '2020-01-01'
WHERE service_id IN (
    SELECT services.id FROM services JOIN organisations ON organisations.id = services.organisation_id
    WHERE organisations.kind = 'sole_trader' OR services.reach_miles IS NOT NULL
);

UPDATE search_entries SET postcode = split_part(postcode, ' ', 1), easting = NULL, northing = NULL
WHERE organisation_id IN (SELECT id FROM organisations WHERE kind = 'sole_trader');

-- One can ask for what the regulator has rated good or better.
UPDATE search_entries SET marks = marks || ' _qoutstanding _qgood' WHERE rating = 'outstanding';
UPDATE search_entries SET marks = marks || ' _qgood' WHERE rating = 'good';
