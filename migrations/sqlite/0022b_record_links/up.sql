-- An invitation to sign in as a person says whose it is, so that it can be seen, taken back and forgotten with the record.
ALTER TABLE mailed_links ADD COLUMN person_id BIGINT REFERENCES people (id);
CREATE INDEX mailed_links_person ON mailed_links (person_id, id);
