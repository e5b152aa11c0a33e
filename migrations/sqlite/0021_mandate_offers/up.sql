-- A mandate begins when the one who is to act says yes. Until then it is an offer to an e-mail address, and nothing of it
-- depends on whether that address signs in here. The address is kept as sign-ins keep theirs.
CREATE TABLE mandate_offers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    email TEXT NOT NULL,
    organisation_id BIGINT REFERENCES organisations (id),
    authority TEXT NOT NULL,
    see_plan BOOLEAN NOT NULL,
    see_money BOOLEAN NOT NULL,
    choose BOOLEAN NOT NULL,
    sign BOOLEAN NOT NULL,
    approve BOOLEAN NOT NULL,
    approve_up_to_pence BIGINT CHECK (approve_up_to_pence > 0),
    from_date DATE NOT NULL,
    to_date DATE,
    note TEXT NOT NULL,
    file_id BIGINT REFERENCES files (id),
    offered_by BIGINT NOT NULL REFERENCES users (id),
    offered_as TEXT NOT NULL CHECK (offered_as IN ('person', 'officer')),
    offered_at TIMESTAMP NOT NULL
);
CREATE INDEX mandate_offers_person ON mandate_offers (person_id, id);
CREATE INDEX mandate_offers_email ON mandate_offers (email, id);

-- What became of an offer: once, whoever is first.
CREATE TABLE mandate_offer_answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    offer_id BIGINT NOT NULL UNIQUE REFERENCES mandate_offers (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'declined', 'withdrawn')),
    mandate_id BIGINT UNIQUE REFERENCES mandates (id),
    answered_by BIGINT NOT NULL REFERENCES users (id),
    answered_at TIMESTAMP NOT NULL,
    CHECK ((outcome = 'accepted') = (mandate_id IS NOT NULL))
);

-- Refused by the database itself: what somebody relied on is corrected by a new row. An erasure takes out the address and the
-- words, and nothing else.
CREATE TRIGGER mandate_offers_no_update BEFORE UPDATE ON mandate_offers WHEN NOT (
    NEW.id IS OLD.id AND NEW.person_id IS OLD.person_id AND NEW.organisation_id IS OLD.organisation_id
    AND NEW.authority IS OLD.authority AND NEW.see_plan IS OLD.see_plan AND NEW.see_money IS OLD.see_money
    AND NEW.choose IS OLD.choose AND NEW.sign IS OLD.sign AND NEW.approve IS OLD.approve
    AND NEW.approve_up_to_pence IS OLD.approve_up_to_pence AND NEW.from_date IS OLD.from_date
    AND NEW.to_date IS OLD.to_date AND NEW.file_id IS OLD.file_id AND NEW.offered_by IS OLD.offered_by
    AND NEW.offered_as IS OLD.offered_as AND NEW.offered_at IS OLD.offered_at
    AND NEW.email IS '' AND NEW.note IS ''
    AND EXISTS (SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id)
) BEGIN
    SELECT RAISE(ABORT, 'mandate_offers is append-only');
END;
CREATE TRIGGER mandate_offers_no_delete BEFORE DELETE ON mandate_offers BEGIN
    SELECT RAISE(ABORT, 'mandate_offers is append-only');
END;
CREATE TRIGGER mandate_offer_answers_no_update BEFORE UPDATE ON mandate_offer_answers BEGIN
    SELECT RAISE(ABORT, 'mandate_offer_answers is append-only');
END;
CREATE TRIGGER mandate_offer_answers_no_delete BEFORE DELETE ON mandate_offer_answers BEGIN
    SELECT RAISE(ABORT, 'mandate_offer_answers is append-only');
END;
