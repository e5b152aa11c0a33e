-- Who was told that the price of something in a package changes, so that nobody is told twice.
CREATE TABLE rate_announcements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    rate_id BIGINT NOT NULL REFERENCES service_rates (id),
    package_id BIGINT NOT NULL REFERENCES packages (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    told_at TIMESTAMP NOT NULL,
    UNIQUE (rate_id, package_id, user_id)
);
CREATE INDEX package_lines_service ON package_lines (service_id, package_id);
