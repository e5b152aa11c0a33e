DROP TABLE read_files;
DROP TABLE bulk_sheets;
