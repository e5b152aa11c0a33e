DROP TABLE vat_class_overrides;
ALTER TABLE vat_registrations DROP COLUMN evidence_file_id;
ALTER TABLE vat_registrations DROP COLUMN evidence;
ALTER TABLE vat_registrations DROP COLUMN regulated;
ALTER TABLE vat_registrations DROP COLUMN charity_status;
