-- A statement about VAT says everything that decides it from its day on: registration, charity, regulated activity, with
-- what shows it. What was said before took charity and regulation from the entry, and so it is filled here, once.
ALTER TABLE vat_registrations ADD COLUMN charity_status TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE vat_registrations ADD COLUMN regulated BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE vat_registrations ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE vat_registrations ADD COLUMN evidence_file_id BIGINT REFERENCES files (id);
DROP TRIGGER vat_registrations_no_update;
UPDATE vat_registrations SET
    charity_status = (SELECT o.charity_status FROM organisations o WHERE o.id = vat_registrations.organisation_id),
    regulated = (SELECT o.regulated FROM organisations o WHERE o.id = vat_registrations.organisation_id);
CREATE TRIGGER vat_registrations_no_update BEFORE UPDATE ON vat_registrations BEGIN
    SELECT RAISE(ABORT, 'vat_registrations is append-only');
END;

-- That the class of a service is another than the rules make it, from a day on, with reason and evidence; without a class:
-- that from this day on the rules decide again.
CREATE TABLE vat_class_overrides (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    service_id BIGINT NOT NULL REFERENCES services (id),
    vat_class TEXT,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    evidence_file_id BIGINT REFERENCES files (id),
    from_date DATE NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES users (id),
    authority TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX vat_class_overrides_service ON vat_class_overrides (service_id, from_date, id);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER vat_class_overrides_no_update BEFORE UPDATE ON vat_class_overrides BEGIN
    SELECT RAISE(ABORT, 'vat_class_overrides is append-only');
END;
CREATE TRIGGER vat_class_overrides_no_delete BEFORE DELETE ON vat_class_overrides BEGIN
    SELECT RAISE(ABORT, 'vat_class_overrides is append-only');
END;
