-- A kind of help is found by more words: entries of the search are made again by the job of the next day.
UPDATE search_entries SET next_change_on = '2020-01-01'
WHERE service_id IS NOT NULL OR register_location_id IS NOT NULL;
