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
DROP TRIGGER files_no_update;
CREATE TRIGGER files_no_update BEFORE UPDATE ON files BEGIN
    SELECT RAISE(ABORT, 'files is append-only');
END;
DROP TRIGGER mandate_evidence_no_update;
CREATE TRIGGER mandate_evidence_no_update BEFORE UPDATE ON mandate_evidence BEGIN
    SELECT RAISE(ABORT, 'mandate_evidence is append-only');
END;
DROP TRIGGER mandate_endings_no_update;
CREATE TRIGGER mandate_endings_no_update BEFORE UPDATE ON mandate_endings BEGIN
    SELECT RAISE(ABORT, 'mandate_endings is append-only');
END;
DROP TRIGGER complaint_entries_no_update;
CREATE TRIGGER complaint_entries_no_update BEFORE UPDATE ON complaint_entries BEGIN
    SELECT RAISE(ABORT, 'complaint_entries is append-only');
END;
DROP TRIGGER capacity_decisions_no_delete;
CREATE TRIGGER capacity_decisions_no_delete BEFORE DELETE ON capacity_decisions BEGIN
    SELECT RAISE(ABORT, 'capacity_decisions is append-only');
END;
DROP TABLE erased_files;
DROP TABLE erased_documents;
DROP TABLE erasures;
DROP TABLE retention_due;
DROP TABLE legal_hold_lifts;
DROP TABLE legal_holds;
