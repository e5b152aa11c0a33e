-- A sheet that a provider sent, as it was read: what it would change is shown first, and done when somebody says so.
CREATE TABLE bulk_sheets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    sheet TEXT NOT NULL,
    sent_by BIGINT NOT NULL REFERENCES users (id),
    sent_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP
);
CREATE INDEX bulk_sheets_organisation ON bulk_sheets (organisation_id, id);

-- Files that are read again and again: nothing is done while one is what it was.
CREATE TABLE read_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL,
    read_at TIMESTAMP NOT NULL
);
