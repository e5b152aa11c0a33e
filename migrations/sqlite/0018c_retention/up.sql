-- Legal holds: nothing of the person is erased while one of them is not lifted.
CREATE TABLE legal_holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    reason TEXT NOT NULL,
    from_date DATE NOT NULL,
    authority TEXT NOT NULL,
    placed_by BIGINT NOT NULL REFERENCES users (id),
    placed_at TIMESTAMP NOT NULL
);
CREATE INDEX legal_holds_person ON legal_holds (person_id, id);

CREATE TABLE legal_hold_lifts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    hold_id BIGINT NOT NULL UNIQUE REFERENCES legal_holds (id),
    reason TEXT NOT NULL,
    authority TEXT NOT NULL,
    lifted_by BIGINT NOT NULL REFERENCES users (id),
    lifted_at TIMESTAMP NOT NULL
);

-- Whose time is over, as the last daily look found it. A list to decide from: nothing is erased by it.
CREATE TABLE retention_due (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL UNIQUE REFERENCES people (id),
    rule TEXT NOT NULL CHECK (rule IN ('case_record', 'initial_contact')),
    due_on DATE NOT NULL,
    listed_at TIMESTAMP NOT NULL
);

-- That a person's record was erased, why and by whom; and each paper whose text went with it.
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    ground TEXT NOT NULL CHECK (ground IN ('due', 'request')),
    reason TEXT NOT NULL,
    authority TEXT NOT NULL,
    decided_by BIGINT NOT NULL REFERENCES users (id),
    decided_at TIMESTAMP NOT NULL
);
CREATE INDEX erasures_person ON erasures (person_id, id);

CREATE TABLE erased_documents (
    id BIGINT PRIMARY KEY NOT NULL REFERENCES documents (id),
    erasure_id BIGINT NOT NULL REFERENCES erasures (id)
);

-- Files whose bytes went with it.
CREATE TABLE erased_files (
    id BIGINT PRIMARY KEY NOT NULL REFERENCES files (id),
    erasure_id BIGINT NOT NULL REFERENCES erasures (id)
);

-- Refused by the database itself: what somebody relied on is corrected by a new row.
CREATE TRIGGER legal_holds_no_update BEFORE UPDATE ON legal_holds BEGIN
    SELECT RAISE(ABORT, 'legal_holds is append-only');
END;
CREATE TRIGGER legal_holds_no_delete BEFORE DELETE ON legal_holds BEGIN
    SELECT RAISE(ABORT, 'legal_holds is append-only');
END;
CREATE TRIGGER legal_hold_lifts_no_update BEFORE UPDATE ON legal_hold_lifts BEGIN
    SELECT RAISE(ABORT, 'legal_hold_lifts is append-only');
END;
CREATE TRIGGER legal_hold_lifts_no_delete BEFORE DELETE ON legal_hold_lifts BEGIN
    SELECT RAISE(ABORT, 'legal_hold_lifts is append-only');
END;
CREATE TRIGGER erasures_no_update BEFORE UPDATE ON erasures BEGIN
    SELECT RAISE(ABORT, 'erasures is append-only');
END;
CREATE TRIGGER erasures_no_delete BEFORE DELETE ON erasures BEGIN
    SELECT RAISE(ABORT, 'erasures is append-only');
END;
CREATE TRIGGER erased_documents_no_update BEFORE UPDATE ON erased_documents BEGIN
    SELECT RAISE(ABORT, 'erased_documents is append-only');
END;
CREATE TRIGGER erased_documents_no_delete BEFORE DELETE ON erased_documents BEGIN
    SELECT RAISE(ABORT, 'erased_documents is append-only');
END;
CREATE TRIGGER erased_files_no_update BEFORE UPDATE ON erased_files BEGIN
    SELECT RAISE(ABORT, 'erased_files is append-only');
END;
CREATE TRIGGER erased_files_no_delete BEFORE DELETE ON erased_files BEGIN
    SELECT RAISE(ABORT, 'erased_files is append-only');
END;

-- An erasure takes out words and nothing else, and only of a person whose erasure is recorded. Everything else is refused
-- as before.
DROP TRIGGER documents_no_update;
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents WHEN NOT (
    NEW.id IS OLD.id AND NEW.kind IS OLD.kind AND NEW.name IS OLD.name AND NEW.sha256 IS OLD.sha256
    AND NEW.created_at IS OLD.created_at AND NEW.body IS ''
    AND EXISTS (SELECT 1 FROM erased_documents WHERE erased_documents.id = OLD.id)
) BEGIN
    SELECT RAISE(ABORT, 'documents is append-only');
END;
DROP TRIGGER personal_budgets_no_update;
CREATE TRIGGER personal_budgets_no_update BEFORE UPDATE ON personal_budgets WHEN NOT (
    NEW.id IS OLD.id AND NEW.person_id IS OLD.person_id AND NEW.council_id IS OLD.council_id
    AND NEW.weekly_pence IS OLD.weekly_pence AND NEW.contribution_weekly_pence IS OLD.contribution_weekly_pence
    AND NEW.starts_on IS OLD.starts_on AND NEW.recorded_by IS OLD.recorded_by AND NEW.recorded_at IS OLD.recorded_at
    AND NEW.agreed_note IS ''
    AND EXISTS (SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id)
) BEGIN
    SELECT RAISE(ABORT, 'personal_budgets is append-only');
END;
DROP TRIGGER communication_needs_no_delete;
CREATE TRIGGER communication_needs_no_delete BEFORE DELETE ON communication_needs WHEN NOT EXISTS (
    SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id
) BEGIN
    SELECT RAISE(ABORT, 'communication_needs is append-only');
END;
DROP TRIGGER communication_need_items_no_delete;
CREATE TRIGGER communication_need_items_no_delete BEFORE DELETE ON communication_need_items WHEN NOT EXISTS (
    SELECT 1 FROM erasures JOIN communication_needs ON communication_needs.person_id = erasures.person_id
    WHERE communication_needs.id = OLD.needs_id
) BEGIN
    SELECT RAISE(ABORT, 'communication_need_items is append-only');
END;
DROP TRIGGER agreement_signatures_no_update;
CREATE TRIGGER agreement_signatures_no_update BEFORE UPDATE ON agreement_signatures WHEN NOT (
    NEW.id IS OLD.id AND NEW.agreement_id IS OLD.agreement_id AND NEW.party IS OLD.party AND NEW.user_id IS OLD.user_id
    AND NEW.mandate_id IS OLD.mandate_id AND NEW.authority IS OLD.authority AND NEW.document_sha256 IS OLD.document_sha256 AND NEW.signed_at IS OLD.signed_at
    AND NEW.signer_name IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
        JOIN agreements ON agreements.fund_id = funds.id WHERE agreements.id = OLD.agreement_id)
) BEGIN
    SELECT RAISE(ABORT, 'agreement_signatures is append-only');
END;
DROP TRIGGER agreement_events_no_update;
CREATE TRIGGER agreement_events_no_update BEFORE UPDATE ON agreement_events WHEN NOT (
    NEW.id IS OLD.id AND NEW.agreement_id IS OLD.agreement_id AND NEW.deed IS OLD.deed AND NEW.user_id IS OLD.user_id
    AND NEW.mandate_id IS OLD.mandate_id AND NEW.authority IS OLD.authority AND NEW.happened_at IS OLD.happened_at
    AND NEW.user_name IN ('', OLD.user_name) AND NEW.detail IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN funds ON funds.person_id = erasures.person_id
        JOIN agreements ON agreements.fund_id = funds.id WHERE agreements.id = OLD.agreement_id)
) BEGIN
    SELECT RAISE(ABORT, 'agreement_events is append-only');
END;
DROP TRIGGER files_no_update;
CREATE TRIGGER files_no_update BEFORE UPDATE ON files WHEN NOT (
    NEW.id IS OLD.id AND NEW.kind IS OLD.kind AND NEW.sha256 IS OLD.sha256 AND NEW.added_by IS OLD.added_by
    AND NEW.added_at IS OLD.added_at
    AND NEW.name IS '' AND length(NEW.bytes) = 0
    AND EXISTS (SELECT 1 FROM erased_files WHERE erased_files.id = OLD.id)
) BEGIN
    SELECT RAISE(ABORT, 'files is append-only');
END;
DROP TRIGGER mandate_evidence_no_update;
CREATE TRIGGER mandate_evidence_no_update BEFORE UPDATE ON mandate_evidence WHEN NOT (
    NEW.id IS OLD.id AND NEW.mandate_id IS OLD.mandate_id AND NEW.file_id IS OLD.file_id
    AND NEW.added_by IS OLD.added_by AND NEW.added_at IS OLD.added_at
    AND NEW.note IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN mandates ON mandates.person_id = erasures.person_id
        WHERE mandates.id = OLD.mandate_id)
) BEGIN
    SELECT RAISE(ABORT, 'mandate_evidence is append-only');
END;
DROP TRIGGER mandate_endings_no_update;
CREATE TRIGGER mandate_endings_no_update BEFORE UPDATE ON mandate_endings WHEN NOT (
    NEW.id IS OLD.id AND NEW.mandate_id IS OLD.mandate_id AND NEW.cause IS OLD.cause
    AND NEW.ended_by IS OLD.ended_by AND NEW.ended_at IS OLD.ended_at
    AND NEW.note IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN mandates ON mandates.person_id = erasures.person_id
        WHERE mandates.id = OLD.mandate_id)
) BEGIN
    SELECT RAISE(ABORT, 'mandate_endings is append-only');
END;
DROP TRIGGER complaint_entries_no_update;
CREATE TRIGGER complaint_entries_no_update BEFORE UPDATE ON complaint_entries WHEN NOT (
    NEW.id IS OLD.id AND NEW.complaint_id IS OLD.complaint_id AND NEW.deed IS OLD.deed
    AND NEW.by_user_id IS OLD.by_user_id AND NEW.authority IS OLD.authority AND NEW.at IS OLD.at
    AND NEW.text IS ''
    AND EXISTS (SELECT 1 FROM erasures JOIN complaints ON complaints.person_id = erasures.person_id
        WHERE complaints.id = OLD.complaint_id)
) BEGIN
    SELECT RAISE(ABORT, 'complaint_entries is append-only');
END;
DROP TRIGGER capacity_decisions_no_delete;
CREATE TRIGGER capacity_decisions_no_delete BEFORE DELETE ON capacity_decisions WHEN NOT EXISTS (
    SELECT 1 FROM erasures WHERE erasures.person_id = OLD.person_id
) BEGIN
    SELECT RAISE(ABORT, 'capacity_decisions is append-only');
END;
