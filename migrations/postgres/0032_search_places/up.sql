-- Where an order is walked until a page is full, what lies too far away is passed over without reading its row. (SQLite's text
-- index is made anew in this step as well; the one here finds words and places by itself.)
DROP INDEX search_entries_cost_recovered;
CREATE INDEX search_entries_cost_recovered ON search_entries (sunk, unit_order, cost_recovered, id, easting, northing);
DROP INDEX search_entries_cost_person;
CREATE INDEX search_entries_cost_person ON search_entries (sunk, unit_order, cost_person, id, easting, northing);
DROP INDEX search_entries_cost_holder;
CREATE INDEX search_entries_cost_holder ON search_entries (sunk, unit_order, cost_holder, id, easting, northing);
DROP INDEX search_entries_cost_onward;
CREATE INDEX search_entries_cost_onward ON search_entries (sunk, unit_order, cost_onward, id, easting, northing);
DROP INDEX search_entries_name;
CREATE INDEX search_entries_name ON search_entries (sunk, name, id, easting, northing);
DROP INDEX search_entries_wait;
CREATE INDEX search_entries_wait ON search_entries (sunk, wait_order, id, easting, northing);
DROP INDEX search_entries_rating;
CREATE INDEX search_entries_rating ON search_entries (sunk, rating_order, id, easting, northing);
