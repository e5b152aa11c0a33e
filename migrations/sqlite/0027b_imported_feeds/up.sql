-- What others list in feeds of their own. Each row keeps which feed it came from and what it is called there; a provider's
-- own words here are never in these tables, and never changed by them.
CREATE TABLE imported_feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    source TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    changes_since TIMESTAMP,
    read_at TIMESTAMP
);
CREATE TABLE imported_listings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    feed_id BIGINT NOT NULL REFERENCES imported_feeds (id),
    source_id TEXT NOT NULL,
    same_as TEXT NOT NULL,
    record TEXT NOT NULL,
    withdrawn BOOLEAN NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    UNIQUE (feed_id, source_id)
);
CREATE INDEX imported_listings_same ON imported_listings (same_as, id);

-- An entry of the search may come from such a listing. SQLite cannot change a condition of a table that is there but in its
-- own words (https://www.sqlite.org/lang_altertable.html, section 7): everything else of the table stays as it is.
ALTER TABLE search_entries ADD COLUMN imported_listing_id BIGINT REFERENCES imported_listings (id);
CREATE UNIQUE INDEX search_entries_imported ON search_entries (imported_listing_id);
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql, 'CHECK ((service_id IS NULL) <> (register_location_id IS NULL))',
    'CHECK ((service_id IS NOT NULL) + (register_location_id IS NOT NULL) + (imported_listing_id IS NOT NULL) = 1)')
    WHERE type = 'table' AND name = 'search_entries';
PRAGMA writable_schema = RESET;
