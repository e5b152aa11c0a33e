DROP TABLE export_withholdings;
DROP TABLE export_findings;
DROP TABLE export_files;
DROP TABLE exports;
