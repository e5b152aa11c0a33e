-- One balanced entry per event. Append-only: the triggers of both tables refuse update and delete.
CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    kind TEXT NOT NULL,
    happened_on DATE NOT NULL,
    description TEXT NOT NULL,
    source_kind TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    recorded_at TIMESTAMP NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE INDEX journal_entries_fund ON journal_entries (fund_id, happened_on, id);
CREATE INDEX journal_entries_source ON journal_entries (source_kind, source_id);

CREATE TABLE postings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES journal_entries (id),
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    account TEXT NOT NULL,
    party_id BIGINT REFERENCES organisations (id),
    amount_pence BIGINT NOT NULL
);
CREATE INDEX postings_entry ON postings (entry_id);
CREATE INDEX postings_fund ON postings (fund_id, account, party_id, amount_pence);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER journal_entries_no_update BEFORE UPDATE ON journal_entries BEGIN
    SELECT RAISE(ABORT, 'journal_entries is append-only');
END;
CREATE TRIGGER journal_entries_no_delete BEFORE DELETE ON journal_entries BEGIN
    SELECT RAISE(ABORT, 'journal_entries is append-only');
END;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN
    SELECT RAISE(ABORT, 'postings is append-only');
END;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN
    SELECT RAISE(ABORT, 'postings is append-only');
END;
