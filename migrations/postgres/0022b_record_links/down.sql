DROP INDEX mailed_links_person;
ALTER TABLE mailed_links DROP COLUMN person_id;
