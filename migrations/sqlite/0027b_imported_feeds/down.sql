DELETE FROM search_entries WHERE imported_listing_id IS NOT NULL;
DROP INDEX search_entries_imported;
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql,
    'CHECK ((service_id IS NOT NULL) + (register_location_id IS NOT NULL) + (imported_listing_id IS NOT NULL) = 1)',
    'CHECK ((service_id IS NULL) <> (register_location_id IS NULL))')
    WHERE type = 'table' AND name = 'search_entries';
PRAGMA writable_schema = RESET;
ALTER TABLE search_entries DROP COLUMN imported_listing_id;
DROP TABLE imported_listings;
DROP TABLE imported_feeds;
