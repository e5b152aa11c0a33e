-- The text index in the order of places: the number of a row of it begins with the number of the square of 8 km in which the
-- entry lies (rows of squares from south to north, squares of a row from west to east, nought for an entry without a place),
-- and ends with the entry's own. What is near is a few ranges of numbers, and only those are read of a common word's list.
-- Beginnings of up to six letters are known, words and marks stand in one column, and where in a text a word stands is not
-- kept. `db/dialect.rs` asks for the same.
DROP TRIGGER search_entries_text_insert;
DROP TRIGGER search_entries_text_delete;
DROP TRIGGER search_entries_text_update;
DROP TABLE search_text;
CREATE VIRTUAL TABLE search_text USING fts5(words, content='', detail=none, tokenize="unicode61 remove_diacritics 0 tokenchars '_'", prefix='1 2 3 4 5 6');
INSERT INTO search_text (rowid, words) SELECT (coalesce(min(max(northing, 0) / 8000, 255) * 256 + min(max(easting, 0) / 8000, 255) + 1, 0) << 32) | id, words || ' ' || marks FROM search_entries ORDER BY 1;
CREATE TRIGGER search_entries_text_insert AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_text (rowid, words) VALUES ((coalesce(min(max(new.northing, 0) / 8000, 255) * 256 + min(max(new.easting, 0) / 8000, 255) + 1, 0) << 32) | new.id, new.words || ' ' || new.marks);
END;
CREATE TRIGGER search_entries_text_delete AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_text (search_text, rowid, words) VALUES ('delete', (coalesce(min(max(old.northing, 0) / 8000, 255) * 256 + min(max(old.easting, 0) / 8000, 255) + 1, 0) << 32) | old.id, old.words || ' ' || old.marks);
END;
CREATE TRIGGER search_entries_text_update AFTER UPDATE OF words, marks, easting, northing ON search_entries
    WHEN old.words <> new.words OR old.marks <> new.marks OR old.easting IS NOT new.easting OR old.northing IS NOT new.northing BEGIN
    INSERT INTO search_text (search_text, rowid, words) VALUES ('delete', (coalesce(min(max(old.northing, 0) / 8000, 255) * 256 + min(max(old.easting, 0) / 8000, 255) + 1, 0) << 32) | old.id, old.words || ' ' || old.marks);
    INSERT INTO search_text (rowid, words) VALUES ((coalesce(min(max(new.northing, 0) / 8000, 255) * 256 + min(max(new.easting, 0) / 8000, 255) + 1, 0) << 32) | new.id, new.words || ' ' || new.marks);
END;

-- Where an order is walked until a page is full, what lies too far away is passed over without reading its row.
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
