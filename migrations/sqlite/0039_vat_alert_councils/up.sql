-- Which councils were told of what a provider has lost: those with a running order with it. Each once for an alert, and it
-- stays on their page.
CREATE TABLE vat_alert_councils (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    alert_id BIGINT NOT NULL REFERENCES vat_alerts (id),
    council_id BIGINT NOT NULL REFERENCES organisations (id),
    told_at TIMESTAMP NOT NULL,
    UNIQUE (alert_id, council_id)
);
CREATE INDEX vat_alert_councils_council ON vat_alert_councils (council_id, alert_id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER vat_alert_councils_no_update BEFORE UPDATE ON vat_alert_councils BEGIN
    SELECT RAISE(ABORT, 'vat_alert_councils is append-only');
END;
CREATE TRIGGER vat_alert_councils_no_delete BEFORE DELETE ON vat_alert_councils BEGIN
    SELECT RAISE(ABORT, 'vat_alert_councils is append-only');
END;
