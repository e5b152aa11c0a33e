DROP TABLE postings;
DROP TABLE journal_entries;
