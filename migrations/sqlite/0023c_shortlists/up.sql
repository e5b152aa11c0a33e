-- What somebody thinks of for a person, before anything is chosen; whoever chooses for them sees and changes it.
CREATE TABLE shortlist_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    added_by BIGINT NOT NULL REFERENCES users (id),
    added_at TIMESTAMP NOT NULL,
    UNIQUE (person_id, service_id)
);
