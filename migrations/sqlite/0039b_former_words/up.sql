-- What a service said of itself that decides its class for VAT, until a day: what was billed is judged by the words of its own
-- day, whatever is said later.
CREATE TABLE service_former_words (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    nature TEXT NOT NULL,
    inside_regulated_activity TEXT NOT NULL,
    until_date DATE NOT NULL
);
CREATE INDEX service_former_words_service ON service_former_words (service_id, id);

-- Refused by the database itself: what was said was said.
CREATE TRIGGER service_former_words_no_update BEFORE UPDATE ON service_former_words BEGIN
    SELECT RAISE(ABORT, 'service_former_words is append-only');
END;
CREATE TRIGGER service_former_words_no_delete BEFORE DELETE ON service_former_words BEGIN
    SELECT RAISE(ABORT, 'service_former_words is append-only');
END;
