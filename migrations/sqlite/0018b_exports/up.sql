-- Copies of everything that is kept about a person: that one was asked for and made stays, its file goes after seven days.
CREATE TABLE exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('own', 'mandate', 'subject_access')),
    asked_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    received_on DATE,
    asked_at TIMESTAMP NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('asked', 'making', 'ready', 'gone')),
    steps_done BIGINT NOT NULL,
    ready_at TIMESTAMP,
    held_back BIGINT NOT NULL,
    CHECK ((purpose = 'subject_access') = (received_on IS NOT NULL)),
    CHECK ((status IN ('ready', 'gone')) = (ready_at IS NOT NULL))
);
CREATE INDEX exports_person ON exports (person_id, id);
-- Whoever waits for a copy does not wait for two.
CREATE UNIQUE INDEX exports_waiting ON exports (person_id, asked_by) WHERE status IN ('asked', 'making');

-- One file for each copy, for seven days; its id is the copy's.
CREATE TABLE export_files (
    id BIGINT PRIMARY KEY NOT NULL REFERENCES exports (id),
    body BLOB NOT NULL,
    sha256 TEXT NOT NULL
);

-- Texts in which another person was named and taken out, for an officer to look at.
CREATE TABLE export_findings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    export_id BIGINT NOT NULL REFERENCES exports (id),
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    column_name TEXT NOT NULL
);
CREATE INDEX export_findings_export ON export_findings (export_id, id);

-- What an officer holds back from copies, on which ground, until it is given up.
CREATE TABLE export_withholdings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    table_name TEXT NOT NULL,
    row_id BIGINT NOT NULL,
    ground TEXT NOT NULL CHECK (ground IN ('serious_harm', 'third_party')),
    reason TEXT NOT NULL,
    authority TEXT NOT NULL,
    decided_by BIGINT NOT NULL REFERENCES users (id),
    decided_at TIMESTAMP NOT NULL,
    lifted_by BIGINT REFERENCES users (id),
    lifted_at TIMESTAMP,
    CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE INDEX export_withholdings_person ON export_withholdings (person_id, id);
