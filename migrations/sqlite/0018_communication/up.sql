-- How somebody needs to be spoken and written to: versions with a first day, never edited.
CREATE TABLE communication_needs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    print_size TEXT CHECK (print_size IN ('16', '18', '20', '24', '28')),
    plain_background BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    interpreter TEXT NOT NULL CHECK (interpreter IN ('none', 'spoken', 'bsl', 'sse', 'makaton', 'lipspeaker', 'speech_to_text', 'deafblind_manual')),
    note TEXT NOT NULL,
    from_date DATE NOT NULL,
    reviewed_on DATE NOT NULL,
    authority TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX communication_needs_person ON communication_needs (person_id, from_date, id);

CREATE TABLE communication_need_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    needs_id BIGINT NOT NULL REFERENCES communication_needs (id),
    kind TEXT NOT NULL CHECK (kind IN ('format', 'contact', 'support')),
    code TEXT NOT NULL,
    UNIQUE (needs_id, kind, code)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER communication_needs_no_update BEFORE UPDATE ON communication_needs BEGIN
    SELECT RAISE(ABORT, 'communication_needs is append-only');
END;
CREATE TRIGGER communication_needs_no_delete BEFORE DELETE ON communication_needs BEGIN
    SELECT RAISE(ABORT, 'communication_needs is append-only');
END;
CREATE TRIGGER communication_need_items_no_update BEFORE UPDATE ON communication_need_items BEGIN
    SELECT RAISE(ABORT, 'communication_need_items is append-only');
END;
CREATE TRIGGER communication_need_items_no_delete BEFORE DELETE ON communication_need_items BEGIN
    SELECT RAISE(ABORT, 'communication_need_items is append-only');
END;
