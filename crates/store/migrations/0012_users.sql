-- Who may sign in, who is signed in, how often signing in failed, and who saw and changed what.

-- Users by the name that they sign in with, in lower case. `password` is an Argon2id hash in PHC form.
CREATE TABLE users (
    login TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    rep_id TEXT,
    password TEXT NOT NULL,
    must_change BIGINT NOT NULL,
    disabled_us BIGINT,
    created_us BIGINT NOT NULL
);

-- Sessions by the SHA-256 of their token: who reads this table cannot take one over.
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL,
    csrf TEXT NOT NULL,
    begun_us BIGINT NOT NULL,
    seen_us BIGINT NOT NULL
);
CREATE INDEX sessions_by_login ON sessions (login);

-- Failed sign-ins in a row, by the hash of what they are counted for: an account's name or an address.
CREATE TABLE login_failures (
    key_hash TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_us BIGINT NOT NULL
);
CREATE INDEX login_failures_by_time ON login_failures (last_us);

-- Who saw and changed what, numbered from 1; rows are only appended, and go as a whole when they are old.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    at_us BIGINT NOT NULL,
    login TEXT,
    act TEXT NOT NULL,
    target TEXT,
    detail TEXT,
    outcome TEXT NOT NULL,
    address TEXT
);
CREATE INDEX audit_by_time ON audit (at_us);
CREATE INDEX audit_by_login ON audit (login, at_us);

-- A team's accounts are found by who looks after them.
CREATE INDEX accounts_by_owner ON accounts (owner);
CREATE INDEX account_team_by_rep ON account_team (rep_id);
CREATE INDEX play_states_by_owner ON play_states (owner);
