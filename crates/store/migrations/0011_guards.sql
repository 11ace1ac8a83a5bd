-- What guards ask beside the entities: stops that people set, and the lots of the hold-out.

-- Stops and their lifting, numbered from 1 for each account; the latest row is in force. Rows are only appended.
CREATE TABLE sales_stops (
    account_key BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    on_day TEXT NOT NULL,
    until_day TEXT,
    reason_code TEXT,
    note TEXT,
    by_rep TEXT,
    at_us BIGINT NOT NULL,
    PRIMARY KEY (account_key, number)
);

-- The lot of each group's root, drawn at first sight and never again: millionths of the unit interval.
CREATE TABLE hold_out_lots (
    account_key BIGINT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    drawn_on TEXT NOT NULL
);

-- The contacts of a group are counted together.
CREATE INDEX play_states_by_root ON play_states (root_key);
