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
UPDATE services SET confirmed_on = date(created_at);

-- The read model of the search gets marks: one word for each thing that narrows a search, so that what a service is for is
-- found by the same index as its words. What sinks, how soon it begins and how it is rated stand as whole numbers that
-- sort. The unit is its place in the order of units, which stands there already. Every entry is due to be made again.
CREATE TABLE search_entries_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT UNIQUE REFERENCES services (id),
    register_location_id BIGINT UNIQUE REFERENCES register_locations (id),
    organisation_id BIGINT REFERENCES organisations (id),
    name TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    summary TEXT NOT NULL,
    category TEXT NOT NULL,
    town TEXT NOT NULL,
    postcode TEXT NOT NULL,
    la_code TEXT NOT NULL,
    easting BIGINT,
    northing BIGINT,
    words TEXT NOT NULL,
    marks TEXT NOT NULL,
    vat_status TEXT NOT NULL CHECK (vat_status IN ('not_registered', 'registered', 'applied_for', 'unknown')),
    vat_class TEXT,
    unit_order BIGINT NOT NULL,
    net_price BIGINT,
    cost_recovered BIGINT,
    cost_person BIGINT,
    cost_holder BIGINT,
    cost_onward BIGINT,
    next_change_on DATE,
    confirmed_on DATE,
    sunk BOOLEAN NOT NULL,
    wait_order BIGINT NOT NULL,
    rating_order BIGINT NOT NULL,
    rating TEXT NOT NULL,
    rating_published DATE,
    url TEXT NOT NULL,
    fictional BOOLEAN NOT NULL,
    CHECK ((service_id IS NULL) <> (register_location_id IS NULL))
);
INSERT INTO search_entries_new
    SELECT id, service_id, register_location_id, organisation_id, name, provider_name, summary, category, town, postcode,
        la_code, easting, northing, words,
        '_c' || replace(category, '_', '') || ' _v' || replace(vat_status, '_', '') || ' _u' || unit_order,
        vat_status, vat_class, unit_order, net_price, cost_recovered, cost_person, cost_holder, cost_onward,
        '2000-01-01', NULL, FALSE, 999, 9, rating, rating_published, url, fictional
    FROM search_entries;
DROP TABLE search_text;
DROP TABLE search_entries;
ALTER TABLE search_entries_new RENAME TO search_entries;
CREATE INDEX search_entries_name ON search_entries (sunk, name, id);
CREATE INDEX search_entries_category ON search_entries (category, sunk, name, id);
CREATE INDEX search_entries_organisation ON search_entries (organisation_id);
CREATE INDEX search_entries_place ON search_entries (easting, northing, id);
CREATE INDEX search_entries_cost_recovered ON search_entries (sunk, unit_order, cost_recovered, id);
CREATE INDEX search_entries_cost_person ON search_entries (sunk, unit_order, cost_person, id);
CREATE INDEX search_entries_cost_holder ON search_entries (sunk, unit_order, cost_holder, id);
CREATE INDEX search_entries_cost_onward ON search_entries (sunk, unit_order, cost_onward, id);
CREATE INDEX search_entries_wait ON search_entries (sunk, wait_order, id);
CREATE INDEX search_entries_rating ON search_entries (sunk, rating_order, id);
CREATE INDEX search_entries_town ON search_entries (lower(town), id);
CREATE INDEX search_entries_next_change ON search_entries (next_change_on);

-- Full text over the words and the marks, kept by the database itself; beside the marks stand the squares of 8 and of 20 km
-- in which an entry lies. `directory/store/search.rs` asks for the same marks.
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
