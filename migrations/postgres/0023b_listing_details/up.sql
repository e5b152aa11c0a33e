-- For whom, where and when a service is given, whether there is room, and when its provider last said that it still is so.
-- What boxes say stands in one text, code by code: searches read the marks of the search's own table, never this.
ALTER TABLE services ADD COLUMN features TEXT NOT NULL DEFAULT '';
ALTER TABLE services ADD COLUMN opens_minute BIGINT CHECK (opens_minute BETWEEN 0 AND 1439);
ALTER TABLE services ADD COLUMN closes_minute BIGINT CHECK (closes_minute BETWEEN 0 AND 1439);
ALTER TABLE services ADD COLUMN minimum_age BIGINT CHECK (minimum_age BETWEEN 0 AND 150);
ALTER TABLE services ADD COLUMN maximum_age BIGINT CHECK (maximum_age BETWEEN 0 AND 150);
ALTER TABLE services ADD COLUMN reach_miles BIGINT CHECK (reach_miles BETWEEN 0 AND 500);
ALTER TABLE services ADD COLUMN places_left BIGINT CHECK (places_left BETWEEN 0 AND 100000);
ALTER TABLE services ADD COLUMN waiting_weeks BIGINT CHECK (waiting_weeks BETWEEN 0 AND 104);
ALTER TABLE services ADD COLUMN confirmed_on DATE NOT NULL DEFAULT '2000-01-01';
UPDATE services SET confirmed_on = CAST(created_at AS DATE);
ALTER TABLE services ALTER COLUMN features DROP DEFAULT, ALTER COLUMN confirmed_on DROP DEFAULT;

-- The read model of the search gets marks: one word for each thing that narrows a search, so that what a service is for is
-- found by the same index as its words. What sinks, how soon it begins and how it is rated stand as whole numbers that
-- sort. The unit is its place in the order of units, which stands there already. Every entry is due to be made again.
ALTER TABLE search_entries
    DROP COLUMN unit,
    ADD COLUMN marks TEXT NOT NULL DEFAULT '',
    ADD COLUMN confirmed_on DATE,
    ADD COLUMN sunk BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN wait_order BIGINT NOT NULL DEFAULT 999,
    ADD COLUMN rating_order BIGINT NOT NULL DEFAULT 9;
UPDATE search_entries SET next_change_on = '2000-01-01',
    marks = '_c' || replace(category, '_', '') || ' _v' || replace(vat_status, '_', '') || ' _u' || unit_order;
ALTER TABLE search_entries
    ALTER COLUMN marks DROP DEFAULT,
    ALTER COLUMN sunk DROP DEFAULT,
    ALTER COLUMN wait_order DROP DEFAULT,
    ALTER COLUMN rating_order DROP DEFAULT;
DROP INDEX search_entries_name;
DROP INDEX search_entries_category;
DROP INDEX search_entries_cost_recovered;
DROP INDEX search_entries_cost_person;
DROP INDEX search_entries_cost_holder;
DROP INDEX search_entries_cost_onward;
DROP INDEX search_entries_words;
CREATE INDEX search_entries_name ON search_entries (sunk, name, id);
CREATE INDEX search_entries_category ON search_entries (category, sunk, name, id);
CREATE INDEX search_entries_cost_recovered ON search_entries (sunk, unit_order, cost_recovered, id);
CREATE INDEX search_entries_cost_person ON search_entries (sunk, unit_order, cost_person, id);
CREATE INDEX search_entries_cost_holder ON search_entries (sunk, unit_order, cost_holder, id);
CREATE INDEX search_entries_cost_onward ON search_entries (sunk, unit_order, cost_onward, id);
CREATE INDEX search_entries_wait ON search_entries (sunk, wait_order, id);
CREATE INDEX search_entries_rating ON search_entries (sunk, rating_order, id);
CREATE INDEX search_entries_town ON search_entries (lower(town), id);

-- Full text over the words and the marks, kept by the database itself. Both are split by the program, alike for both
-- engines, so no dictionary of the server touches them; a mark begins with a sign that no word has.
CREATE INDEX search_entries_words ON search_entries USING gin (array_to_tsvector(string_to_array(words || ' ' || marks, ' ')));
