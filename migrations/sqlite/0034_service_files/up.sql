-- What a provider shows with a service: photographs, made anew without what a camera writes into them, and documents. Nothing
-- is agreed on them, so what is taken back is gone.
CREATE TABLE service_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    kind TEXT NOT NULL CHECK (kind IN ('photo', 'document')),
    words TEXT NOT NULL CHECK (words <> ''),
    name TEXT NOT NULL,
    width BIGINT,
    height BIGINT,
    sha256 TEXT NOT NULL,
    bytes BLOB NOT NULL,
    added_by BIGINT NOT NULL REFERENCES users (id),
    added_at TIMESTAMP NOT NULL,
    CHECK ((kind = 'photo') = (width IS NOT NULL AND height IS NOT NULL))
);
CREATE INDEX service_files_service ON service_files (service_id);
