DROP TABLE service_former_words;
