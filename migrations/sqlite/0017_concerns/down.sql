DROP TABLE safeguarding_looks;
DROP TABLE safeguarding_judgements;
DROP TABLE safeguarding_signals;
DROP TABLE safeguarding_entries;
DROP TABLE safeguarding_concerns;
DROP TABLE complaint_entries;
DROP TABLE complaints;
DROP TABLE council_contacts;
