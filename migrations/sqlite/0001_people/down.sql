DROP TABLE done_once;
DROP TABLE mandates;
DROP TABLE memberships;
DROP TABLE people;
DROP TABLE vat_registrations;
DROP TABLE organisations;
DROP TABLE sessions;
DROP TABLE users;
