DROP TABLE feed_identity;
DROP TABLE service_changes;
