-- Somebody lost their second factor and all recovery codes: who asks for it to be taken away, for which organisation, why.
CREATE TABLE factor_removals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    person_id BIGINT REFERENCES people (id),
    authority TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by BIGINT NOT NULL REFERENCES users (id),
    asked_at TIMESTAMP NOT NULL
);
CREATE INDEX factor_removals_user ON factor_removals (user_id, id);

-- What became of it: confirmed, stopped, done by the service. Each happens once.
CREATE TABLE factor_removal_steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    removal_id BIGINT NOT NULL REFERENCES factor_removals (id),
    step TEXT NOT NULL CHECK (step IN ('confirmed', 'stopped', 'done')),
    note TEXT NOT NULL,
    effective_at TIMESTAMP,
    done_by BIGINT REFERENCES users (id),
    done_at TIMESTAMP NOT NULL,
    UNIQUE (removal_id, step),
    CHECK ((step = 'confirmed') = (effective_at IS NOT NULL)),
    CHECK (step <> 'confirmed' OR done_by IS NOT NULL)
);

CREATE TRIGGER factor_removals_no_update BEFORE UPDATE ON factor_removals BEGIN
    SELECT RAISE(ABORT, 'factor_removals is append-only');
END;
CREATE TRIGGER factor_removals_no_delete BEFORE DELETE ON factor_removals BEGIN
    SELECT RAISE(ABORT, 'factor_removals is append-only');
END;
CREATE TRIGGER factor_removal_steps_no_update BEFORE UPDATE ON factor_removal_steps BEGIN
    SELECT RAISE(ABORT, 'factor_removal_steps is append-only');
END;
CREATE TRIGGER factor_removal_steps_no_delete BEFORE DELETE ON factor_removal_steps BEGIN
    SELECT RAISE(ABORT, 'factor_removal_steps is append-only');
END;
