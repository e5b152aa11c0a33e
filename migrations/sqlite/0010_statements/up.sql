-- Statements that were kept as papers: of which fund, for which days.
CREATE TABLE statements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fund_id BIGINT NOT NULL REFERENCES funds (id),
    document_id BIGINT NOT NULL UNIQUE REFERENCES documents (id),
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    kept_by BIGINT NOT NULL REFERENCES users (id),
    kept_at TIMESTAMP NOT NULL
);
CREATE INDEX statements_fund ON statements (fund_id, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements BEGIN
    SELECT RAISE(ABORT, 'statements is append-only');
END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements BEGIN
    SELECT RAISE(ABORT, 'statements is append-only');
END;
