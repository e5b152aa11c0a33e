DELETE FROM search_entries WHERE imported_listing_id IS NOT NULL;
ALTER TABLE search_entries DROP CONSTRAINT search_entries_check;
ALTER TABLE search_entries DROP COLUMN imported_listing_id;
ALTER TABLE search_entries ADD CONSTRAINT search_entries_check
    CHECK ((service_id IS NULL) <> (register_location_id IS NULL));
DROP TABLE imported_listings;
DROP TABLE imported_feeds;
