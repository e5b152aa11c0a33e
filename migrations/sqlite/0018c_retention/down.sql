DROP TRIGGER documents_no_update;
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents BEGIN
    SELECT RAISE(ABORT, 'documents is append-only');
END;
DROP TRIGGER personal_budgets_no_update;
CREATE TRIGGER personal_budgets_no_update BEFORE UPDATE ON personal_budgets BEGIN
    SELECT RAISE(ABORT, 'personal_budgets is append-only');
END;
DROP TRIGGER communication_needs_no_delete;
CREATE TRIGGER communication_needs_no_delete BEFORE DELETE ON communication_needs BEGIN
    SELECT RAISE(ABORT, 'communication_needs is append-only');
END;
DROP TRIGGER communication_need_items_no_delete;
CREATE TRIGGER communication_need_items_no_delete BEFORE DELETE ON communication_need_items BEGIN
    SELECT RAISE(ABORT, 'communication_need_items is append-only');
END;
DROP TRIGGER agreement_signatures_no_update;
CREATE TRIGGER agreement_signatures_no_update BEFORE UPDATE ON agreement_signatures BEGIN
    SELECT RAISE(ABORT, 'agreement_signatures is append-only');
END;
DROP TRIGGER agreement_events_no_update;
CREATE TRIGGER agreement_events_no_update BEFORE UPDATE ON agreement_events BEGIN
    SELECT RAISE(ABORT, 'agreement_events is append-only');
END;
DROP TABLE erased_documents;
DROP TABLE erasures;
DROP TABLE retention_due;
DROP TABLE legal_hold_lifts;
DROP TABLE legal_holds;
