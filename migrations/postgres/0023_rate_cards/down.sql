DROP TABLE rate_notices;
DROP TABLE rate_prices;
ALTER TABLE service_rates
    DROP COLUMN rounding,
    DROP COLUMN step_minutes,
    DROP COLUMN minimum_minutes,
    DROP COLUMN staff,
    DROP COLUMN people,
    DROP COLUMN hospital_days,
    DROP COLUMN mile_net,
    DROP COLUMN free_break_days;
ALTER TABLE service_rates DROP CONSTRAINT service_rates_unit_check;
ALTER TABLE service_rates ADD CONSTRAINT service_rates_unit_check CHECK (unit IN ('hour', 'session', 'visit', 'day', 'week', 'mile', 'item'));
