-- One row for each role that somebody has in an organisation; what each mandate lets somebody do. SQLite changes a check
-- only by making the table anew; nothing refers to these two.
CREATE TABLE memberships_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL CHECK (role IN ('officer', 'finance', 'coordinator', 'admin', 'safeguarding', 'auditor', 'reader')),
    ended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO memberships_new (id, user_id, organisation_id, role, ended_at, created_at)
    SELECT id, user_id, organisation_id, CASE role WHEN 'member' THEN 'reader' ELSE role END, ended_at, created_at
    FROM memberships;
-- Until now whoever acted for an organisation also handled its money and was all the administration it had.
INSERT INTO memberships_new (user_id, organisation_id, role, ended_at, created_at)
    SELECT user_id, organisation_id, 'finance', ended_at, created_at FROM memberships WHERE role IN ('officer', 'coordinator');
INSERT INTO memberships_new (user_id, organisation_id, role, ended_at, created_at)
    SELECT user_id, organisation_id, 'admin', ended_at, created_at FROM memberships WHERE role IN ('officer', 'coordinator');
DROP TABLE memberships;
ALTER TABLE memberships_new RENAME TO memberships;
CREATE INDEX memberships_user ON memberships (user_id);
CREATE INDEX memberships_organisation ON memberships (organisation_id);

CREATE TABLE mandates_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT REFERENCES organisations (id),
    authority TEXT NOT NULL CHECK (authority IN ('broker', 'nominated_person', 'authorised_person', 'attorney', 'deputy', 'appointee', 'trustee', 'advocate', 'carer')),
    from_date DATE NOT NULL,
    to_date DATE,
    ended_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL,
    see_plan BOOLEAN NOT NULL,
    see_money BOOLEAN NOT NULL,
    choose BOOLEAN NOT NULL,
    sign BOOLEAN NOT NULL,
    approve BOOLEAN NOT NULL,
    approve_up_to_pence BIGINT CHECK (approve_up_to_pence > 0),
    CHECK (approve OR approve_up_to_pence IS NULL)
);
INSERT INTO mandates_new (id, person_id, user_id, organisation_id, authority, from_date, to_date, ended_at, recorded_at,
        see_plan, see_money, choose, sign, approve, approve_up_to_pence)
    SELECT id, person_id, user_id, organisation_id, authority, from_date, to_date, ended_at, recorded_at,
        TRUE, TRUE, TRUE, authority <> 'broker', authority <> 'broker', NULL
    FROM mandates;
DROP TABLE mandates;
ALTER TABLE mandates_new RENAME TO mandates;
CREATE INDEX mandates_user ON mandates (user_id);
CREATE INDEX mandates_person ON mandates (person_id);
