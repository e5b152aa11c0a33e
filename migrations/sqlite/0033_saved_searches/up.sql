-- Searches that somebody keeps, to be told when something new fits: whose, what was typed, and what is known to fit already.
CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    fund_id BIGINT REFERENCES funds (id),
    state TEXT NOT NULL CHECK (state IN ('watched', 'too_many', 'impossible')),
    saved_at TIMESTAMP NOT NULL,
    checked_on DATE NOT NULL
);
CREATE INDEX saved_searches_user ON saved_searches (user_id, checked_on);
CREATE INDEX saved_searches_fund ON saved_searches (fund_id);

-- What fits: the day on which it was new, or nothing when it fitted already as the search was kept.
CREATE TABLE saved_search_hits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    saved_search_id BIGINT NOT NULL REFERENCES saved_searches (id),
    service_id BIGINT REFERENCES services (id),
    register_location_id BIGINT REFERENCES register_locations (id),
    imported_listing_id BIGINT REFERENCES imported_listings (id),
    new_on DATE,
    CHECK ((service_id IS NOT NULL) + (register_location_id IS NOT NULL) + (imported_listing_id IS NOT NULL) = 1),
    UNIQUE (saved_search_id, service_id),
    UNIQUE (saved_search_id, register_location_id),
    UNIQUE (saved_search_id, imported_listing_id)
);
