ALTER TABLE users DROP COLUMN is_operator;
DROP TABLE audit_break_glass;
DROP TABLE audit_grants;
DROP TABLE audit_leases;
DROP TABLE audit_seals;
DROP TABLE audit_events;
