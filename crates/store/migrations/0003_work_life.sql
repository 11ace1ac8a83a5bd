-- A play's life by day: what people answered. None of it belongs to a run, so that a run never changes
-- it. The events are the truth; states, steps and touches follow from them in the same transaction.

-- Where each answered play stands. A play without a row is open. `events` is its number of events: who
-- answers names the number that he saw, and is told when somebody was faster.
CREATE TABLE play_states (
    play_id TEXT NOT NULL PRIMARY KEY,
    account_key BIGINT NOT NULL,
    root_key BIGINT NOT NULL,
    contact_key BIGINT,
    offer_id TEXT NOT NULL,
    product_id TEXT,
    motion TEXT NOT NULL,
    role TEXT NOT NULL,
    owner TEXT,
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    state_on TEXT NOT NULL,
    hold_until TEXT,
    reason_code TEXT,
    note TEXT,
    outcome TEXT,
    amount_minor BIGINT,
    week TEXT NOT NULL,
    effort_hours DOUBLE PRECISION NOT NULL,
    hours_left DOUBLE PRECISION NOT NULL,
    play_json TEXT NOT NULL,
    events BIGINT NOT NULL
);
CREATE INDEX play_states_by_account ON play_states (account_key);
CREATE INDEX play_states_by_state ON play_states (state, state_on);

-- The steps of an accepted play, by their place from 1.
CREATE TABLE play_steps (
    play_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    hours DOUBLE PRECISION NOT NULL,
    due_week TEXT NOT NULL,
    done_on TEXT,
    PRIMARY KEY (play_id, place)
);

-- What happened to each play, in order; never changed and never deleted. An undo is an event, too.
CREATE TABLE play_events (
    play_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    on_day TEXT NOT NULL,
    by_rep TEXT,
    detail TEXT NOT NULL,
    PRIMARY KEY (play_id, seq)
);

-- The governor's ledger: what guards and limits count. One row for each event that touches a customer.
CREATE TABLE touches (
    play_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    contact_key BIGINT,
    channel TEXT NOT NULL,
    product_id TEXT,
    offer_id TEXT NOT NULL,
    motion TEXT NOT NULL,
    on_day TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (play_id, seq)
);
CREATE INDEX touches_by_day ON touches (on_day);
CREATE INDEX touches_by_account ON touches (account_key);

-- What a run changed against the day before, and why.
CREATE TABLE play_changes (
    attempt BIGINT NOT NULL,
    play_id TEXT NOT NULL,
    change TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    account_key BIGINT NOT NULL,
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    rank_before BIGINT,
    rank_after BIGINT,
    PRIMARY KEY (attempt, play_id, change)
);
