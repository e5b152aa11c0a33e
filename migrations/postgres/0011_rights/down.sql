DELETE FROM memberships WHERE role NOT IN ('officer', 'coordinator', 'reader');
ALTER TABLE memberships DROP CONSTRAINT memberships_role_check;
UPDATE memberships SET role = 'member' WHERE role = 'reader';
ALTER TABLE memberships ADD CONSTRAINT memberships_role_check CHECK (role IN ('officer', 'finance', 'coordinator', 'member'));
DELETE FROM mandates WHERE authority IN ('appointee', 'advocate', 'carer');
ALTER TABLE mandates DROP CONSTRAINT mandates_authority_check;
ALTER TABLE mandates ADD CONSTRAINT mandates_authority_check
    CHECK (authority IN ('broker', 'nominated_person', 'authorised_person', 'attorney', 'deputy', 'trustee'));
ALTER TABLE mandates DROP COLUMN see_plan, DROP COLUMN see_money, DROP COLUMN choose, DROP COLUMN sign,
    DROP COLUMN approve, DROP COLUMN approve_up_to_pence;
