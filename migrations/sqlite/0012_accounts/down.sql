DROP TABLE mailed_links;
DROP TABLE mails;
DROP TABLE jobs;
