DROP TABLE duty_exceptions;
DROP TABLE payment_confirmations;
DROP TABLE organisation_policies;
DROP TABLE membership_events;
DROP INDEX memberships_held_once;
