-- Something about a provider's VAT that somebody should look at: once for each cause. One that comes again after it was gone
-- is a new round.
CREATE TABLE vat_alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    round BIGINT NOT NULL,
    council_id BIGINT REFERENCES organisations (id),
    invoice_id BIGINT REFERENCES invoices (id),
    service_id BIGINT REFERENCES services (id),
    says TEXT NOT NULL,
    raised_at TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, cause, round)
);
CREATE INDEX vat_alerts_council ON vat_alerts (council_id, id);

-- How an alert ended: its cause was gone, or the provider gave a reason.
CREATE TABLE vat_alert_endings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    alert_id BIGINT NOT NULL UNIQUE REFERENCES vat_alerts (id),
    reason TEXT,
    ended_by BIGINT REFERENCES users (id),
    ended_at TIMESTAMP NOT NULL,
    CHECK ((reason IS NULL) = (ended_by IS NULL))
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER vat_alerts_no_update BEFORE UPDATE ON vat_alerts BEGIN
    SELECT RAISE(ABORT, 'vat_alerts is append-only');
END;
CREATE TRIGGER vat_alerts_no_delete BEFORE DELETE ON vat_alerts BEGIN
    SELECT RAISE(ABORT, 'vat_alerts is append-only');
END;
CREATE TRIGGER vat_alert_endings_no_update BEFORE UPDATE ON vat_alert_endings BEGIN
    SELECT RAISE(ABORT, 'vat_alert_endings is append-only');
END;
CREATE TRIGGER vat_alert_endings_no_delete BEFORE DELETE ON vat_alert_endings BEGIN
    SELECT RAISE(ABORT, 'vat_alert_endings is append-only');
END;
