-- What was decided about a review can be decided anew, with a reason: the newest decision counts. An answer that is not shown can be
-- followed by another one: the newest counts.
CREATE TEMPORARY TABLE kept_rows AS SELECT id, review_id, shown, reason, decided_by, authority, decided_at FROM review_decisions;
DROP TABLE review_decisions;
CREATE TABLE review_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    shown BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    CHECK (shown OR reason <> '')
);
INSERT INTO review_decisions (id, review_id, shown, reason, decided_by, authority, decided_at) SELECT id, review_id, shown, reason, decided_by, authority, decided_at FROM kept_rows;
DROP TABLE kept_rows;
CREATE TEMPORARY TABLE kept_rows AS SELECT id, review_id, text, written_by, authority, written_at FROM review_replies;
DROP TABLE review_replies;
CREATE TABLE review_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    text TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
INSERT INTO review_replies (id, review_id, text, written_by, authority, written_at) SELECT id, review_id, text, written_by, authority, written_at FROM kept_rows;
DROP TABLE kept_rows;
CREATE INDEX review_decisions_review ON review_decisions (review_id, id);
CREATE INDEX review_replies_review ON review_replies (review_id, id);
CREATE TRIGGER review_decisions_no_update BEFORE UPDATE ON review_decisions WHEN NOT (
    NEW.id IS OLD.id AND NEW.review_id IS OLD.review_id AND NEW.shown IS OLD.shown AND NEW.decided_by IS OLD.decided_by AND NEW.authority IS OLD.authority AND NEW.decided_at IS OLD.decided_at AND NEW.reason IS 'Erased'
    AND EXISTS (SELECT 1 FROM erasures JOIN reviews ON reviews.person_id = erasures.person_id WHERE reviews.id = OLD.review_id)
) BEGIN
    SELECT RAISE(ABORT, 'review_decisions is append-only');
END;
CREATE TRIGGER review_decisions_no_delete BEFORE DELETE ON review_decisions BEGIN
    SELECT RAISE(ABORT, 'review_decisions is append-only');
END;
CREATE TRIGGER review_replies_no_update BEFORE UPDATE ON review_replies WHEN NOT (
    NEW.id IS OLD.id AND NEW.review_id IS OLD.review_id AND NEW.written_by IS OLD.written_by AND NEW.authority IS OLD.authority AND NEW.written_at IS OLD.written_at AND NEW.text IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN reviews ON reviews.person_id = erasures.person_id WHERE reviews.id = OLD.review_id)
) BEGIN
    SELECT RAISE(ABORT, 'review_replies is append-only');
END;
CREATE TRIGGER review_replies_no_delete BEFORE DELETE ON review_replies BEGIN
    SELECT RAISE(ABORT, 'review_replies is append-only');
END;

-- Whether an answer of a provider is shown, by an officer of the person's council, and why not. The newest decision counts.
CREATE TABLE review_reply_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reply_id BIGINT NOT NULL REFERENCES review_replies (id),
    shown BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    CHECK (shown OR reason <> '')
);
CREATE INDEX review_reply_decisions_reply ON review_reply_decisions (reply_id, id);

-- That whoever wrote a review takes it back, and with it all that they said of the service before.
CREATE TABLE review_withdrawals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    review_id BIGINT NOT NULL UNIQUE REFERENCES reviews (id),
    withdrawn_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    withdrawn_at TIMESTAMP NOT NULL
);
CREATE TRIGGER review_reply_decisions_no_update BEFORE UPDATE ON review_reply_decisions WHEN NOT (
    NEW.id IS OLD.id AND NEW.reply_id IS OLD.reply_id AND NEW.shown IS OLD.shown AND NEW.decided_by IS OLD.decided_by AND NEW.authority IS OLD.authority AND NEW.decided_at IS OLD.decided_at AND NEW.reason IS 'Erased'
    AND EXISTS (SELECT 1 FROM erasures JOIN reviews ON reviews.person_id = erasures.person_id JOIN review_replies ON review_replies.review_id = reviews.id WHERE review_replies.id = OLD.reply_id)
) BEGIN
    SELECT RAISE(ABORT, 'review_reply_decisions is append-only');
END;
CREATE TRIGGER review_reply_decisions_no_delete BEFORE DELETE ON review_reply_decisions BEGIN
    SELECT RAISE(ABORT, 'review_reply_decisions is append-only');
END;
CREATE TRIGGER review_withdrawals_no_update BEFORE UPDATE ON review_withdrawals BEGIN
    SELECT RAISE(ABORT, 'review_withdrawals is append-only');
END;
CREATE TRIGGER review_withdrawals_no_delete BEFORE DELETE ON review_withdrawals BEGIN
    SELECT RAISE(ABORT, 'review_withdrawals is append-only');
END;
