-- Versions of the policy, the last of them live, and the times in which offers were stopped.
CREATE TABLE policies (
    version BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    toml TEXT NOT NULL,
    published_s BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    restores BIGINT
);
CREATE TABLE policy_stops (
    stop_no BIGINT NOT NULL PRIMARY KEY,
    stopped_s BIGINT NOT NULL,
    stopped_on TEXT NOT NULL,
    stopped_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    started_s BIGINT,
    started_by TEXT,
    start_reason TEXT
);
