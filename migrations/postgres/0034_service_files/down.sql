DROP TABLE service_files;
