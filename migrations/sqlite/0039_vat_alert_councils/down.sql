DROP TABLE vat_alert_councils;
