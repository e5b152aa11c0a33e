DROP TABLE search_text;
DROP TABLE search_entries;
DROP TABLE service_rates;
DROP TABLE services;
DROP TABLE register_locations;
DROP TABLE postcodes;
