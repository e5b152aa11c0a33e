DROP TRIGGER search_entries_text_insert;
DROP TRIGGER search_entries_text_delete;
DROP TRIGGER search_entries_text_update;
DROP TABLE search_text;
CREATE VIRTUAL TABLE search_text USING fts5(words, marks, content='', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4');
INSERT INTO search_text (rowid, words, marks) SELECT id, words, replace(marks, '_', '')
    || coalesce(' n' || (easting / 8000) || 'x' || (northing / 8000)
        || ' w' || (easting / 20000) || 'x' || (northing / 20000), '') FROM search_entries;
CREATE TRIGGER search_entries_text_insert AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_text (rowid, words, marks) VALUES (new.id, new.words, replace(new.marks, '_', '')
        || coalesce(' n' || (new.easting / 8000) || 'x' || (new.northing / 8000)
            || ' w' || (new.easting / 20000) || 'x' || (new.northing / 20000), ''));
END;
CREATE TRIGGER search_entries_text_delete AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_text (search_text, rowid, words, marks) VALUES ('delete', old.id, old.words, replace(old.marks, '_', '')
        || coalesce(' n' || (old.easting / 8000) || 'x' || (old.northing / 8000)
            || ' w' || (old.easting / 20000) || 'x' || (old.northing / 20000), ''));
END;
CREATE TRIGGER search_entries_text_update AFTER UPDATE OF words, marks, easting, northing ON search_entries
    WHEN old.words <> new.words OR old.marks <> new.marks OR old.easting IS NOT new.easting OR old.northing IS NOT new.northing BEGIN
    INSERT INTO search_text (search_text, rowid, words, marks) VALUES ('delete', old.id, old.words, replace(old.marks, '_', '')
        || coalesce(' n' || (old.easting / 8000) || 'x' || (old.northing / 8000)
            || ' w' || (old.easting / 20000) || 'x' || (old.northing / 20000), ''));
    INSERT INTO search_text (rowid, words, marks) VALUES (new.id, new.words, replace(new.marks, '_', '')
        || coalesce(' n' || (new.easting / 8000) || 'x' || (new.northing / 8000)
            || ' w' || (new.easting / 20000) || 'x' || (new.northing / 20000), ''));
END;
DROP INDEX search_entries_cost_recovered;
CREATE INDEX search_entries_cost_recovered ON search_entries (sunk, unit_order, cost_recovered, id);
DROP INDEX search_entries_cost_person;
CREATE INDEX search_entries_cost_person ON search_entries (sunk, unit_order, cost_person, id);
DROP INDEX search_entries_cost_holder;
CREATE INDEX search_entries_cost_holder ON search_entries (sunk, unit_order, cost_holder, id);
DROP INDEX search_entries_cost_onward;
CREATE INDEX search_entries_cost_onward ON search_entries (sunk, unit_order, cost_onward, id);
DROP INDEX search_entries_name;
CREATE INDEX search_entries_name ON search_entries (sunk, name, id);
DROP INDEX search_entries_wait;
CREATE INDEX search_entries_wait ON search_entries (sunk, wait_order, id);
DROP INDEX search_entries_rating;
CREATE INDEX search_entries_rating ON search_entries (sunk, rating_order, id);
