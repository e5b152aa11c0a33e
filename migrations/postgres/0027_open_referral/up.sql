-- When what the open feed says of a service last changed. Nothing stands there between the change and the next reader, who
-- is given the time of reading: a harvester that read before saw the old state, whatever clock the change went by.
CREATE TABLE service_changes (
    service_id BIGINT PRIMARY KEY NOT NULL REFERENCES services (id),
    changed_at TIMESTAMP
);
CREATE INDEX service_changes_time ON service_changes (changed_at);
INSERT INTO service_changes (service_id) SELECT id FROM services;

-- What tells this installation's ids from those of all others: twelve hexadecimal digits inside each UUID of the feed,
-- drawn once and never changed.
CREATE TABLE feed_identity (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    code TEXT NOT NULL
);
INSERT INTO feed_identity (id, code) VALUES (1, left(md5(CAST(gen_random_uuid() AS TEXT)), 12));
CREATE TRIGGER feed_identity_no_update BEFORE UPDATE ON feed_identity FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feed_identity_no_delete BEFORE DELETE ON feed_identity FOR EACH ROW EXECUTE FUNCTION refuse_change();
