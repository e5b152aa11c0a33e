-- What was chosen may come to nothing: it is refused, or nobody accepts it while the offer stands. Then another choice can be made;
-- each keeps what was before whoever chose. The newest counts.
PRAGMA defer_foreign_keys = ON;
CREATE TEMPORARY TABLE kept_choices AS SELECT id, request_id, fund_id, answer_id, reason, document, sha256, chosen_by, authority, mandate_id, chosen_at FROM quote_choices;
DROP TABLE quote_choices;
CREATE TABLE quote_choices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id BIGINT NOT NULL REFERENCES quote_requests (id),
    number BIGINT NOT NULL CHECK (number > 0),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    answer_id BIGINT REFERENCES quote_answers (id),
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    chosen_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    chosen_at TIMESTAMP NOT NULL,
    UNIQUE (request_id, number)
);
INSERT INTO quote_choices (id, request_id, number, fund_id, answer_id, reason, document, sha256, chosen_by, authority, mandate_id, chosen_at)
    SELECT id, request_id, 1, fund_id, answer_id, reason, document, sha256, chosen_by, authority, mandate_id, chosen_at FROM kept_choices;
DROP TABLE kept_choices;
CREATE TRIGGER quote_choices_no_update BEFORE UPDATE ON quote_choices WHEN NOT (
    NEW.id IS OLD.id AND NEW.request_id IS OLD.request_id AND NEW.number IS OLD.number AND
    NEW.fund_id IS OLD.fund_id AND NEW.answer_id IS
    OLD.answer_id AND NEW.sha256 IS OLD.sha256 AND NEW.chosen_by IS OLD.chosen_by AND NEW.authority IS OLD.authority AND
    NEW.mandate_id IS OLD.mandate_id AND NEW.chosen_at IS OLD.chosen_at AND NEW.reason IS '' AND NEW.document IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_choices is append-only');
END;
CREATE TRIGGER quote_choices_no_delete BEFORE DELETE ON quote_choices BEGIN
    SELECT RAISE(ABORT, 'quote_choices is append-only');
END;

-- That the person, or somebody who signs for them, does not accept what was chosen, and why.
CREATE TABLE quote_refusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    choice_id BIGINT NOT NULL UNIQUE REFERENCES quote_choices (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    reason TEXT NOT NULL,
    refused_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    refused_at TIMESTAMP NOT NULL
);
CREATE TRIGGER quote_refusals_no_update BEFORE UPDATE ON quote_refusals WHEN NOT (
    NEW.id IS OLD.id AND NEW.choice_id IS OLD.choice_id AND NEW.fund_id IS OLD.fund_id AND NEW.refused_by IS OLD.refused_by
    AND NEW.authority IS OLD.authority AND NEW.mandate_id IS OLD.mandate_id AND NEW.refused_at IS OLD.refused_at AND
    NEW.reason IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_refusals is append-only');
END;
CREATE TRIGGER quote_refusals_no_delete BEFORE DELETE ON quote_refusals BEGIN
    SELECT RAISE(ABORT, 'quote_refusals is append-only');
END;
