DROP TABLE review_withdrawals;
DROP TABLE review_reply_decisions;
CREATE TEMPORARY TABLE kept_rows AS SELECT id, review_id, shown, reason, decided_by, authority, decided_at FROM review_decisions;
DROP TABLE review_decisions;
CREATE TABLE review_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    review_id BIGINT NOT NULL UNIQUE REFERENCES reviews (id),
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
    review_id BIGINT NOT NULL UNIQUE REFERENCES reviews (id),
    text TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
INSERT INTO review_replies (id, review_id, text, written_by, authority, written_at) SELECT id, review_id, text, written_by, authority, written_at FROM kept_rows;
DROP TABLE kept_rows;
CREATE TRIGGER review_decisions_no_update BEFORE UPDATE ON review_decisions BEGIN
    SELECT RAISE(ABORT, 'review_decisions is append-only');
END;
CREATE TRIGGER review_decisions_no_delete BEFORE DELETE ON review_decisions BEGIN
    SELECT RAISE(ABORT, 'review_decisions is append-only');
END;
CREATE TRIGGER review_replies_no_update BEFORE UPDATE ON review_replies BEGIN
    SELECT RAISE(ABORT, 'review_replies is append-only');
END;
CREATE TRIGGER review_replies_no_delete BEFORE DELETE ON review_replies BEGIN
    SELECT RAISE(ABORT, 'review_replies is append-only');
END;
