CREATE TABLE postcodes (
    postcode TEXT PRIMARY KEY NOT NULL,
    easting INTEGER NOT NULL,
    northing INTEGER NOT NULL,
    la_code TEXT NOT NULL
) WITHOUT ROWID;

-- What the regulator's register says, field by field, with what no file has carried yet left out of the record; a
-- provider's own words are kept elsewhere.
CREATE TABLE register_locations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    location_id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL,
    still_registered BOOLEAN NOT NULL,
    as_of DATE NOT NULL
);

CREATE TABLE services (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    summary TEXT NOT NULL,
    postcode TEXT NOT NULL,
    nature TEXT NOT NULL CHECK (nature IN ('welfare', 'domestic_help', 'staff_supply', 'general_welfare_advice', 'individual_support', 'qualifying_goods', 'not_welfare', 'unknown')),
    inside_regulated_activity TEXT NOT NULL CHECK (inside_regulated_activity IN ('yes', 'no', 'unknown')),
    published BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_by BIGINT NOT NULL REFERENCES users (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX services_organisation ON services (organisation_id, id);

-- Effective-dated, never overwritten: the newest row not after a date is the rate on that date.
CREATE TABLE service_rates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    unit TEXT NOT NULL CHECK (unit IN ('hour', 'session', 'visit', 'day', 'week', 'mile', 'item')),
    entered_price BIGINT NOT NULL CHECK (entered_price >= 0),
    basis TEXT NOT NULL CHECK (basis IN ('net', 'inclusive')),
    net_price BIGINT NOT NULL CHECK (net_price >= 0),
    from_date DATE NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX service_rates_service ON service_rates (service_id, from_date, id);

-- The read model of the search: one row for each published service and each location of the register that is open.
-- What each kind of fund pays for one unit stands ready, so that a search by price reads one index.
CREATE TABLE search_entries (
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

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER service_rates_no_update BEFORE UPDATE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
CREATE TRIGGER service_rates_no_delete BEFORE DELETE ON service_rates BEGIN
    SELECT RAISE(ABORT, 'service_rates is append-only');
END;
