DROP INDEX package_lines_service;
DROP TABLE rate_announcements;
