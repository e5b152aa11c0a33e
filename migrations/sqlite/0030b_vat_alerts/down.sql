DROP TABLE vat_alert_endings;
DROP TABLE vat_alerts;
