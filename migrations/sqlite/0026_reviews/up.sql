-- What somebody says of a service that they really used: one review for each person and service, in versions. It is shown once an
-- officer of their council has read it, and never with a name.
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    number BIGINT NOT NULL CHECK (number > 0),
    delivery_id BIGINT NOT NULL REFERENCES deliveries (id),
    as_agreed BIGINT NOT NULL CHECK (as_agreed BETWEEN 1 AND 5),
    on_time BIGINT NOT NULL CHECK (on_time BETWEEN 1 AND 5),
    respect BIGINT NOT NULL CHECK (respect BETWEEN 1 AND 5),
    again BIGINT NOT NULL CHECK (again BETWEEN 1 AND 5),
    words TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    written_at TIMESTAMP NOT NULL,
    UNIQUE (person_id, service_id, number)
);
CREATE INDEX reviews_service ON reviews (service_id, id);

-- Whether a review is shown, and why not.
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

-- What the provider answers: once.
CREATE TABLE review_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    review_id BIGINT NOT NULL UNIQUE REFERENCES reviews (id),
    text TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);

-- Refused by the database itself: what somebody said is changed by a new version. An erasure takes out the words, and nothing
-- else.
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews WHEN NOT (
    NEW.id IS OLD.id AND NEW.person_id IS OLD.person_id AND NEW.service_id IS OLD.service_id AND NEW.number IS OLD.number
    AND NEW.delivery_id IS OLD.delivery_id AND NEW.as_agreed IS OLD.as_agreed AND NEW.on_time IS OLD.on_time AND
    NEW.respect IS OLD.respect AND NEW.again IS OLD.again AND NEW.written_by IS OLD.written_by AND NEW.authority IS
    OLD.authority AND NEW.mandate_id IS OLD.mandate_id AND NEW.written_at IS OLD.written_at AND NEW.words IS ''
    AND EXISTS (SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id)
) BEGIN
    SELECT RAISE(ABORT, 'reviews is append-only');
END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN
    SELECT RAISE(ABORT, 'reviews is append-only');
END;
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
