-- Work to be done after a commit: enqueued in the transaction that wants it, claimed with a lease, tried again.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    dedupe_key TEXT UNIQUE,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMP NOT NULL,
    leased_until TIMESTAMP,
    last_error TEXT,
    enqueued_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP
);
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE done_at IS NULL;

-- Mails, written in the transaction that wants them. A link's token is no part of them: it is worked out from the nonce
-- and the server's key when the mail is sent, so that whoever reads this table can open nothing.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    to_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    link_nonce TEXT,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'too_late', 'shown')),
    error TEXT,
    written_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP
);
CREATE INDEX mails_address ON mails (to_address, written_at);
CREATE INDEX mails_state ON mails (state, id);

-- Links that were sent by mail: good once, for a time, for the address they were sent to. What one gives is data.
CREATE TABLE mailed_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'sign_up', 'password_reset', 'new_address')),
    token_sha256 TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id),
    organisation_id BIGINT REFERENCES organisations (id),
    gives TEXT NOT NULL,
    made_by BIGINT REFERENCES users (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    used_by BIGINT REFERENCES users (id),
    withdrawn_at TIMESTAMP
);
CREATE INDEX mailed_links_organisation ON mailed_links (organisation_id, id);
CREATE INDEX mailed_links_user ON mailed_links (user_id, purpose);
CREATE INDEX mailed_links_email ON mailed_links (email, purpose);
