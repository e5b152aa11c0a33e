-- How much of a service is in a package was chosen for a unit; its provider may come to sell by another one. Nothing for what
-- was chosen before this was kept.
ALTER TABLE package_lines ADD COLUMN unit TEXT;
