DROP TABLE agreement_signatures;
DROP TABLE agreements;
