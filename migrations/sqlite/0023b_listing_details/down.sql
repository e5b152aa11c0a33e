DROP TABLE search_text;
CREATE TABLE search_entries_old (
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
    vat_status TEXT NOT NULL CHECK (vat_status IN ('not_registered', 'registered', 'applied_for', 'unknown')),
    vat_class TEXT,
    unit TEXT,
    unit_order BIGINT NOT NULL,
    net_price BIGINT,
    cost_recovered BIGINT,
    cost_person BIGINT,
    cost_holder BIGINT,
    cost_onward BIGINT,
    next_change_on DATE,
    rating TEXT NOT NULL,
    rating_published DATE,
    url TEXT NOT NULL,
    fictional BOOLEAN NOT NULL,
    CHECK ((service_id IS NULL) <> (register_location_id IS NULL))
);
INSERT INTO search_entries_old (id, service_id, register_location_id, organisation_id, name, provider_name, summary, category, town, postcode, la_code, easting, northing, words, vat_status, vat_class, unit, unit_order, net_price, cost_recovered, cost_person, cost_holder, cost_onward, next_change_on, rating, rating_published, url, fictional)
    SELECT id, service_id, register_location_id, organisation_id, name, provider_name, summary, category, town, postcode, la_code, easting, northing, words, vat_status, vat_class, CASE unit_order WHEN 0 THEN 'hour' WHEN 1 THEN 'session' WHEN 2 THEN 'visit' WHEN 3 THEN 'day' WHEN 4 THEN 'week' WHEN 5 THEN 'mile' WHEN 6 THEN 'item' WHEN 7 THEN 'minute' WHEN 8 THEN 'waking_night' WHEN 9 THEN 'sleeping_night' END, unit_order, net_price, cost_recovered, cost_person, cost_holder, cost_onward, next_change_on, rating, rating_published, url, fictional
    FROM search_entries;
DROP TABLE search_entries;
ALTER TABLE search_entries_old RENAME TO search_entries;
CREATE INDEX search_entries_name ON search_entries (name, id);
CREATE INDEX search_entries_category ON search_entries (category, name, id);
CREATE INDEX search_entries_organisation ON search_entries (organisation_id);
CREATE INDEX search_entries_place ON search_entries (easting, northing, id);
CREATE INDEX search_entries_cost_recovered ON search_entries (unit_order, cost_recovered, id);
CREATE INDEX search_entries_cost_person ON search_entries (unit_order, cost_person, id);
CREATE INDEX search_entries_cost_holder ON search_entries (unit_order, cost_holder, id);
CREATE INDEX search_entries_cost_onward ON search_entries (unit_order, cost_onward, id);
CREATE INDEX search_entries_next_change ON search_entries (next_change_on);

-- Full text over the read model, kept by the database itself. Beside the words stand marks of what else narrows a search
-- (kind of help, VAT, unit, squares of 8 and of 20 km), so that words that are everywhere are read only where they are
-- wanted; `directory/store/search.rs` asks for the same marks.
CREATE VIRTUAL TABLE search_text USING fts5(words, marks, content='', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4');
INSERT INTO search_text (rowid, words, marks) SELECT id, words,
    'c' || replace(category, '_', '') || ' v' || replace(vat_status, '_', '') || ' u' || unit_order
    || coalesce(' n' || (easting / 8000) || 'x' || (northing / 8000)
        || ' w' || (easting / 20000) || 'x' || (northing / 20000), '') FROM search_entries;
CREATE TRIGGER search_entries_text_insert AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_text (rowid, words, marks) VALUES (new.id, new.words,
        'c' || replace(new.category, '_', '') || ' v' || replace(new.vat_status, '_', '') || ' u' || new.unit_order
        || coalesce(' n' || (new.easting / 8000) || 'x' || (new.northing / 8000)
            || ' w' || (new.easting / 20000) || 'x' || (new.northing / 20000), ''));
END;
CREATE TRIGGER search_entries_text_delete AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_text (search_text, rowid, words, marks) VALUES ('delete', old.id, old.words,
        'c' || replace(old.category, '_', '') || ' v' || replace(old.vat_status, '_', '') || ' u' || old.unit_order
        || coalesce(' n' || (old.easting / 8000) || 'x' || (old.northing / 8000)
            || ' w' || (old.easting / 20000) || 'x' || (old.northing / 20000), ''));
END;
CREATE TRIGGER search_entries_text_update AFTER UPDATE OF words, category, vat_status, unit_order, easting, northing ON search_entries BEGIN
    INSERT INTO search_text (search_text, rowid, words, marks) VALUES ('delete', old.id, old.words,
        'c' || replace(old.category, '_', '') || ' v' || replace(old.vat_status, '_', '') || ' u' || old.unit_order
        || coalesce(' n' || (old.easting / 8000) || 'x' || (old.northing / 8000)
            || ' w' || (old.easting / 20000) || 'x' || (old.northing / 20000), ''));
    INSERT INTO search_text (rowid, words, marks) VALUES (new.id, new.words,
        'c' || replace(new.category, '_', '') || ' v' || replace(new.vat_status, '_', '') || ' u' || new.unit_order
        || coalesce(' n' || (new.easting / 8000) || 'x' || (new.northing / 8000)
            || ' w' || (new.easting / 20000) || 'x' || (new.northing / 20000), ''));
END;
ALTER TABLE services DROP COLUMN features;
ALTER TABLE services DROP COLUMN opens_minute;
ALTER TABLE services DROP COLUMN closes_minute;
ALTER TABLE services DROP COLUMN minimum_age;
ALTER TABLE services DROP COLUMN maximum_age;
ALTER TABLE services DROP COLUMN reach_miles;
ALTER TABLE services DROP COLUMN places_left;
ALTER TABLE services DROP COLUMN waiting_weeks;
ALTER TABLE services DROP COLUMN confirmed_on;
