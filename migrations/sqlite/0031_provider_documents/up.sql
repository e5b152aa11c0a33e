-- What a provider shows of itself: insurance, registration, policies, each with the days on which it holds. A new version takes
-- the place of the one of its kind before; nothing is changed.
CREATE TABLE provider_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    file_id BIGINT NOT NULL REFERENCES files (id),
    valid_from DATE NOT NULL,
    valid_until DATE,
    added_by BIGINT NOT NULL REFERENCES users (id),
    added_at TIMESTAMP NOT NULL,
    CHECK (valid_until IS NULL OR valid_until >= valid_from)
);
CREATE INDEX provider_documents_organisation ON provider_documents (organisation_id, kind, id);

-- What a council or a broker found who looked at one.
CREATE TABLE provider_document_checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    document_id BIGINT NOT NULL REFERENCES provider_documents (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    accepted BOOLEAN NOT NULL,
    note TEXT NOT NULL,
    checked_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    checked_at TIMESTAMP NOT NULL
);
CREATE INDEX provider_document_checks_document ON provider_document_checks (document_id, id);

-- That a provider was reminded of one, once before it ends and once when it has.
CREATE TABLE provider_document_reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    document_id BIGINT NOT NULL REFERENCES provider_documents (id),
    what TEXT NOT NULL CHECK (what IN ('soon', 'ended')),
    reminded_at TIMESTAMP NOT NULL,
    UNIQUE (document_id, what)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER provider_documents_no_update BEFORE UPDATE ON provider_documents BEGIN
    SELECT RAISE(ABORT, 'provider_documents is append-only');
END;
CREATE TRIGGER provider_documents_no_delete BEFORE DELETE ON provider_documents BEGIN
    SELECT RAISE(ABORT, 'provider_documents is append-only');
END;
CREATE TRIGGER provider_document_checks_no_update BEFORE UPDATE ON provider_document_checks BEGIN
    SELECT RAISE(ABORT, 'provider_document_checks is append-only');
END;
CREATE TRIGGER provider_document_checks_no_delete BEFORE DELETE ON provider_document_checks BEGIN
    SELECT RAISE(ABORT, 'provider_document_checks is append-only');
END;
CREATE TRIGGER provider_document_reminders_no_update BEFORE UPDATE ON provider_document_reminders BEGIN
    SELECT RAISE(ABORT, 'provider_document_reminders is append-only');
END;
CREATE TRIGGER provider_document_reminders_no_delete BEFORE DELETE ON provider_document_reminders BEGIN
    SELECT RAISE(ABORT, 'provider_document_reminders is append-only');
END;
