-- One row for each role that somebody has in an organisation; what each mandate lets somebody do.
ALTER TABLE memberships DROP CONSTRAINT memberships_role_check;
UPDATE memberships SET role = 'reader' WHERE role = 'member';
ALTER TABLE memberships ADD CONSTRAINT memberships_role_check
    CHECK (role IN ('officer', 'finance', 'coordinator', 'admin', 'safeguarding', 'auditor', 'reader'));
-- Until now whoever acted for an organisation also handled its money and was all the administration it had.
INSERT INTO memberships (user_id, organisation_id, role, ended_at, created_at)
    SELECT user_id, organisation_id, more.role, ended_at, created_at
    FROM memberships, (VALUES ('finance'), ('admin')) AS more (role)
    WHERE memberships.role IN ('officer', 'coordinator');

ALTER TABLE mandates DROP CONSTRAINT mandates_authority_check;
ALTER TABLE mandates ADD CONSTRAINT mandates_authority_check
    CHECK (authority IN ('broker', 'nominated_person', 'authorised_person', 'attorney', 'deputy', 'appointee', 'trustee', 'advocate', 'carer'));
ALTER TABLE mandates
    ADD COLUMN see_plan BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN see_money BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN choose BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN sign BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN approve BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN approve_up_to_pence BIGINT CHECK (approve_up_to_pence > 0);
UPDATE mandates SET sign = TRUE, approve = TRUE WHERE authority <> 'broker';
ALTER TABLE mandates
    ALTER COLUMN see_plan DROP DEFAULT,
    ALTER COLUMN see_money DROP DEFAULT,
    ALTER COLUMN choose DROP DEFAULT,
    ALTER COLUMN sign DROP DEFAULT,
    ALTER COLUMN approve DROP DEFAULT,
    ADD CHECK (approve OR approve_up_to_pence IS NULL);
