-- Somebody asks several providers what something would cost and how they would do it. Until the person accepts one of them no provider
-- learns who it is, and of the place only the first half of the postcode. `search_document` is what was found when it was asked, kept
-- to the letter: everything that was considered, and what the council's rules had hidden of it.
CREATE TABLE quote_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    what TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit TEXT NOT NULL,
    times TEXT NOT NULL,
    starts_on DATE NOT NULL,
    outcode TEXT NOT NULL,
    answer_by DATE NOT NULL,
    search_document TEXT NOT NULL,
    asked_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    asked_at TIMESTAMP NOT NULL
);
CREATE INDEX quote_requests_fund ON quote_requests (fund_id, id);

-- What matters, and how much. The price is one of them.
CREATE TABLE quote_criteria (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id BIGINT NOT NULL REFERENCES quote_requests (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    is_price BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    weight BIGINT NOT NULL CHECK (weight BETWEEN 1 AND 3)
);
CREATE INDEX quote_criteria_request ON quote_criteria (request_id, id);

-- Who was asked, for which of their services.
CREATE TABLE quote_asks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id BIGINT NOT NULL REFERENCES quote_requests (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    provider_id BIGINT NOT NULL REFERENCES organisations (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    UNIQUE (request_id, provider_id)
);
CREATE INDEX quote_asks_provider ON quote_asks (provider_id, id);

-- What they answered. A new answer takes the place of the one before, which stays.
CREATE TABLE quote_answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ask_id BIGINT NOT NULL REFERENCES quote_asks (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    number BIGINT NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL CHECK (kind IN ('offered', 'declined', 'withdrawn')),
    entered_price BIGINT CHECK (entered_price >= 0),
    basis TEXT CHECK (basis IN ('net', 'inclusive')),
    net_price BIGINT CHECK (net_price >= 0),
    vat_class TEXT,
    times TEXT NOT NULL,
    note TEXT NOT NULL,
    valid_until DATE,
    holds_until DATE,
    declined_because TEXT CHECK (declined_because IN ('no_room', 'times', 'place', 'not_ours', 'price', 'other')),
    answered_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    answered_at TIMESTAMP NOT NULL,
    UNIQUE (ask_id, number),
    CHECK ((kind = 'offered') = (entered_price IS NOT NULL)),
    CHECK ((kind = 'offered') = (net_price IS NOT NULL)),
    CHECK ((kind = 'offered') = (basis IS NOT NULL)),
    CHECK ((kind = 'offered') = (vat_class IS NOT NULL)),
    CHECK ((kind = 'offered') = (valid_until IS NOT NULL)),
    CHECK ((kind = 'declined') = (declined_because IS NOT NULL))
);

-- What was written between whoever asks and one of the providers; the others read none of it.
CREATE TABLE quote_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ask_id BIGINT NOT NULL REFERENCES quote_asks (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    side TEXT NOT NULL CHECK (side IN ('asker', 'provider')),
    is_feedback BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX quote_messages_ask ON quote_messages (ask_id, id);

-- How each answer stands to what matters, in the eyes of whoever asks: working notes, until the choice keeps them.
CREATE TABLE quote_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    answer_id BIGINT NOT NULL REFERENCES quote_answers (id),
    criterion_id BIGINT NOT NULL REFERENCES quote_criteria (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    score BIGINT NOT NULL CHECK (score BETWEEN 1 AND 5),
    scored_by BIGINT NOT NULL REFERENCES users (id),
    scored_at TIMESTAMP NOT NULL,
    UNIQUE (answer_id, criterion_id)
);

-- What was chosen out of what: once for each request. Without an answer nothing was chosen. The document holds everything that whoever
-- chose had before them, kept to the letter.
CREATE TABLE quote_choices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id BIGINT NOT NULL UNIQUE REFERENCES quote_requests (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    answer_id BIGINT REFERENCES quote_answers (id),
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    chosen_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    chosen_at TIMESTAMP NOT NULL
);

-- That the person, or somebody who signs for them, accepts it: from then on the provider knows who it is.
CREATE TABLE quote_acceptances (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    choice_id BIGINT NOT NULL UNIQUE REFERENCES quote_choices (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    accepted_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    mandate_id BIGINT REFERENCES mandates (id),
    accepted_at TIMESTAMP NOT NULL
);

-- A price that was agreed for one fund. It stands in no search and on no public page.
CREATE TABLE negotiated_rates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    service_id BIGINT NOT NULL REFERENCES services (id),
    choice_id BIGINT NOT NULL UNIQUE REFERENCES quote_choices (id),
    unit TEXT NOT NULL,
    net_price BIGINT NOT NULL CHECK (net_price >= 0),
    from_date DATE NOT NULL,
    to_date DATE,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX negotiated_rates_fund ON negotiated_rates (fund_id, service_id, from_date);

-- Refused by the database itself: what somebody relied on is corrected by a new row. An erasure takes out the words, and
-- nothing else.
CREATE TRIGGER quote_requests_no_update BEFORE UPDATE ON quote_requests WHEN NOT (
    NEW.id IS OLD.id AND NEW.fund_id IS OLD.fund_id AND NEW.quantity IS OLD.quantity AND NEW.unit IS OLD.unit AND
    NEW.starts_on IS OLD.starts_on AND NEW.answer_by IS OLD.answer_by AND NEW.asked_by IS OLD.asked_by AND NEW.authority
    IS OLD.authority AND NEW.mandate_id IS OLD.mandate_id AND NEW.asked_at IS OLD.asked_at AND NEW.what IS '' AND
    NEW.times IS '' AND NEW.outcode IS '' AND NEW.search_document IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_requests is append-only');
END;
CREATE TRIGGER quote_requests_no_delete BEFORE DELETE ON quote_requests BEGIN
    SELECT RAISE(ABORT, 'quote_requests is append-only');
END;
CREATE TRIGGER quote_criteria_no_update BEFORE UPDATE ON quote_criteria WHEN NOT (
    NEW.id IS OLD.id AND NEW.request_id IS OLD.request_id AND NEW.fund_id IS OLD.fund_id AND NEW.is_price IS OLD.is_price
    AND NEW.weight IS OLD.weight AND NEW.words IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_criteria is append-only');
END;
CREATE TRIGGER quote_criteria_no_delete BEFORE DELETE ON quote_criteria BEGIN
    SELECT RAISE(ABORT, 'quote_criteria is append-only');
END;
CREATE TRIGGER quote_asks_no_update BEFORE UPDATE ON quote_asks BEGIN
    SELECT RAISE(ABORT, 'quote_asks is append-only');
END;
CREATE TRIGGER quote_asks_no_delete BEFORE DELETE ON quote_asks BEGIN
    SELECT RAISE(ABORT, 'quote_asks is append-only');
END;
CREATE TRIGGER quote_answers_no_update BEFORE UPDATE ON quote_answers WHEN NOT (
    NEW.id IS OLD.id AND NEW.ask_id IS OLD.ask_id AND NEW.fund_id IS OLD.fund_id AND NEW.number IS OLD.number AND NEW.kind
    IS OLD.kind AND NEW.entered_price IS OLD.entered_price AND NEW.basis IS OLD.basis AND NEW.net_price IS OLD.net_price
    AND NEW.vat_class IS OLD.vat_class AND NEW.valid_until IS OLD.valid_until AND NEW.holds_until IS OLD.holds_until AND
    NEW.declined_because IS OLD.declined_because AND NEW.answered_by IS OLD.answered_by AND NEW.authority IS OLD.authority
    AND NEW.answered_at IS OLD.answered_at AND NEW.times IS '' AND NEW.note IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_answers is append-only');
END;
CREATE TRIGGER quote_answers_no_delete BEFORE DELETE ON quote_answers BEGIN
    SELECT RAISE(ABORT, 'quote_answers is append-only');
END;
CREATE TRIGGER quote_messages_no_update BEFORE UPDATE ON quote_messages WHEN NOT (
    NEW.id IS OLD.id AND NEW.ask_id IS OLD.ask_id AND NEW.fund_id IS OLD.fund_id AND NEW.side IS OLD.side AND
    NEW.is_feedback IS OLD.is_feedback AND NEW.written_by IS OLD.written_by AND NEW.authority IS OLD.authority AND
    NEW.mandate_id IS OLD.mandate_id AND NEW.written_at IS OLD.written_at AND NEW.text IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_messages is append-only');
END;
CREATE TRIGGER quote_messages_no_delete BEFORE DELETE ON quote_messages BEGIN
    SELECT RAISE(ABORT, 'quote_messages is append-only');
END;
CREATE TRIGGER quote_choices_no_update BEFORE UPDATE ON quote_choices WHEN NOT (
    NEW.id IS OLD.id AND NEW.request_id IS OLD.request_id AND NEW.fund_id IS OLD.fund_id AND NEW.answer_id IS
    OLD.answer_id AND NEW.sha256 IS OLD.sha256 AND NEW.chosen_by IS OLD.chosen_by AND NEW.authority IS OLD.authority AND
    NEW.mandate_id IS OLD.mandate_id AND NEW.chosen_at IS OLD.chosen_at AND NEW.reason IS '' AND NEW.document IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id WHERE funds.id = OLD.fund_id)
) BEGIN
    SELECT RAISE(ABORT, 'quote_choices is append-only');
END;
CREATE TRIGGER quote_choices_no_delete BEFORE DELETE ON quote_choices BEGIN
    SELECT RAISE(ABORT, 'quote_choices is append-only');
END;
CREATE TRIGGER quote_acceptances_no_update BEFORE UPDATE ON quote_acceptances BEGIN
    SELECT RAISE(ABORT, 'quote_acceptances is append-only');
END;
CREATE TRIGGER quote_acceptances_no_delete BEFORE DELETE ON quote_acceptances BEGIN
    SELECT RAISE(ABORT, 'quote_acceptances is append-only');
END;
CREATE TRIGGER negotiated_rates_no_update BEFORE UPDATE ON negotiated_rates BEGIN
    SELECT RAISE(ABORT, 'negotiated_rates is append-only');
END;
CREATE TRIGGER negotiated_rates_no_delete BEFORE DELETE ON negotiated_rates BEGIN
    SELECT RAISE(ABORT, 'negotiated_rates is append-only');
END;
