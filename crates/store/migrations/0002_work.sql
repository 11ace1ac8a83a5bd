-- What the nightly flow keeps beside the entities: keys, the lake's catalogue, ingests, runs and what
-- they decided.

-- Surrogate keys of accounts and contacts, and the last number given out: numbers are never reused.
CREATE TABLE account_keys (
    account_key BIGINT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE
);
CREATE TABLE contact_keys (
    contact_key BIGINT NOT NULL PRIMARY KEY,
    contact_id TEXT NOT NULL UNIQUE
);
CREATE TABLE key_counters (
    name TEXT NOT NULL PRIMARY KEY,
    last_key BIGINT NOT NULL
);

-- The lake's files: a file that is not listed here does not exist.
CREATE TABLE lake_files (
    path TEXT NOT NULL PRIMARY KEY,
    entity TEXT NOT NULL,
    month TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL
);

-- What was taken from each file, and the rows of it that were refused or doubtful.
CREATE TABLE ingests (
    file TEXT NOT NULL,
    entity TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    mapping_sha256 TEXT NOT NULL,
    taken BIGINT NOT NULL,
    replaced BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    warned BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    PRIMARY KEY (file, entity)
);
CREATE TABLE row_issues (
    file TEXT NOT NULL,
    entity TEXT NOT NULL,
    place BIGINT NOT NULL,
    line BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    severity TEXT NOT NULL,
    PRIMARY KEY (file, entity, place)
);

-- Who works on the workspace now, until when; the token grows with every holder.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    what TEXT NOT NULL,
    holder TEXT NOT NULL,
    token BIGINT NOT NULL,
    until_s BIGINT NOT NULL
);

-- Each attempt at a run; attempts count upwards, and the same run may be tried again. What an attempt
-- decided carries its number, so that a run that is being repeated never mixes with the published one.
CREATE TABLE runs (
    attempt BIGINT NOT NULL PRIMARY KEY,
    run_id TEXT NOT NULL,
    as_of TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    policy_hash TEXT NOT NULL,
    seed BIGINT NOT NULL,
    version TEXT NOT NULL,
    summary TEXT NOT NULL,
    published BIGINT NOT NULL
);
CREATE INDEX runs_by_id ON runs (run_id);

-- The attempt that readers see: one row.
CREATE TABLE current_run (
    slot BIGINT NOT NULL PRIMARY KEY CHECK (slot = 1),
    attempt BIGINT NOT NULL
);

CREATE TABLE plays (
    attempt BIGINT NOT NULL,
    play_id TEXT NOT NULL,
    rank BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    root_key BIGINT NOT NULL,
    contact_key BIGINT,
    offer_id TEXT NOT NULL,
    product_id TEXT,
    motion TEXT NOT NULL,
    role TEXT NOT NULL,
    owner TEXT,
    week TEXT NOT NULL,
    effort_hours DOUBLE PRECISION NOT NULL,
    expected_minor BIGINT NOT NULL,
    lower_minor BIGINT NOT NULL,
    upper_minor BIGINT NOT NULL,
    revenue_month_minor BIGINT NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    probability_lower DOUBLE PRECISION NOT NULL,
    probability_upper DOUBLE PRECISION NOT NULL,
    provenance TEXT NOT NULL,
    channel TEXT NOT NULL,
    due TEXT,
    why_now_ja TEXT NOT NULL,
    why_now_en TEXT NOT NULL,
    card TEXT NOT NULL,
    PRIMARY KEY (attempt, play_id)
);
CREATE INDEX plays_by_rank ON plays (attempt, rank);
CREATE INDEX plays_by_account ON plays (attempt, account_key);

-- The best offers of an account that were not chosen.
CREATE TABLE other_offers (
    attempt BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    place BIGINT NOT NULL,
    offer_id TEXT NOT NULL,
    product_id TEXT,
    motion TEXT NOT NULL,
    fate TEXT NOT NULL,
    expected_minor BIGINT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    PRIMARY KEY (attempt, account_key, place)
);

-- How many candidates met which fate, and why.
CREATE TABLE fate_counts (
    attempt BIGINT NOT NULL,
    fate TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    candidates BIGINT NOT NULL,
    accounts BIGINT NOT NULL,
    PRIMARY KEY (attempt, fate, reason_code)
);

-- Read models of the web: one JSON document an account.
CREATE TABLE account_views (
    attempt BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    view_json TEXT NOT NULL,
    PRIMARY KEY (attempt, account_key)
);

-- The registry of what each run trained, with its card.
CREATE TABLE models (
    attempt BIGINT NOT NULL,
    name TEXT NOT NULL,
    card_json TEXT NOT NULL,
    PRIMARY KEY (attempt, name)
);
