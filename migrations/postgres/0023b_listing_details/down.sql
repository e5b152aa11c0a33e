DROP INDEX search_entries_words;
DROP INDEX search_entries_name;
DROP INDEX search_entries_category;
DROP INDEX search_entries_cost_recovered;
DROP INDEX search_entries_cost_person;
DROP INDEX search_entries_cost_holder;
DROP INDEX search_entries_cost_onward;
DROP INDEX search_entries_wait;
DROP INDEX search_entries_rating;
DROP INDEX search_entries_town;
ALTER TABLE search_entries ADD COLUMN unit TEXT;
UPDATE search_entries SET unit = CASE unit_order WHEN 0 THEN 'hour' WHEN 1 THEN 'session' WHEN 2 THEN 'visit' WHEN 3 THEN 'day' WHEN 4 THEN 'week' WHEN 5 THEN 'mile' WHEN 6 THEN 'item' WHEN 7 THEN 'minute' WHEN 8 THEN 'waking_night' WHEN 9 THEN 'sleeping_night' END;
ALTER TABLE search_entries
    DROP COLUMN marks,
    DROP COLUMN confirmed_on,
    DROP COLUMN sunk,
    DROP COLUMN wait_order,
    DROP COLUMN rating_order;
CREATE INDEX search_entries_name ON search_entries (name, id);
CREATE INDEX search_entries_category ON search_entries (category, name, id);
CREATE INDEX search_entries_cost_recovered ON search_entries (unit_order, cost_recovered, id);
CREATE INDEX search_entries_cost_person ON search_entries (unit_order, cost_person, id);
CREATE INDEX search_entries_cost_holder ON search_entries (unit_order, cost_holder, id);
CREATE INDEX search_entries_cost_onward ON search_entries (unit_order, cost_onward, id);
CREATE INDEX search_entries_words ON search_entries USING gin (array_to_tsvector(string_to_array(words, ' ')));
ALTER TABLE services
    DROP COLUMN features,
    DROP COLUMN opens_minute,
    DROP COLUMN closes_minute,
    DROP COLUMN minimum_age,
    DROP COLUMN maximum_age,
    DROP COLUMN reach_miles,
    DROP COLUMN places_left,
    DROP COLUMN waiting_weeks,
    DROP COLUMN confirmed_on;
