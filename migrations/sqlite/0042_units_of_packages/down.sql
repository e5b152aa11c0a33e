ALTER TABLE package_lines DROP COLUMN unit;
