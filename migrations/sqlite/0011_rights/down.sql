CREATE TABLE memberships_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL CHECK (role IN ('officer', 'finance', 'coordinator', 'member')),
    ended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
INSERT INTO memberships_old
    SELECT id, user_id, organisation_id, CASE role WHEN 'reader' THEN 'member' ELSE role END, ended_at, created_at
    FROM memberships WHERE role IN ('officer', 'coordinator', 'reader');
DROP TABLE memberships;
ALTER TABLE memberships_old RENAME TO memberships;
CREATE INDEX memberships_user ON memberships (user_id);
CREATE INDEX memberships_organisation ON memberships (organisation_id);

CREATE TABLE mandates_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES people (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT REFERENCES organisations (id),
    authority TEXT NOT NULL CHECK (authority IN ('broker', 'nominated_person', 'authorised_person', 'attorney', 'deputy', 'trustee')),
    from_date DATE NOT NULL,
    to_date DATE,
    ended_at TIMESTAMP,
    recorded_at TIMESTAMP NOT NULL
);
INSERT INTO mandates_old
    SELECT id, person_id, user_id, organisation_id, authority, from_date, to_date, ended_at, recorded_at
    FROM mandates WHERE authority NOT IN ('appointee', 'advocate', 'carer');
DROP TABLE mandates;
ALTER TABLE mandates_old RENAME TO mandates;
CREATE INDEX mandates_user ON mandates (user_id);
CREATE INDEX mandates_person ON mandates (person_id);
