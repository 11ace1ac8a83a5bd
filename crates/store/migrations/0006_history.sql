-- What contracts were said to be before they were corrected, what people decided of likely duplicates,
-- and under which currency and zone each file was read.

-- Every value that a version of a contract ever had, numbered from 1; the last is the one in force.
CREATE TABLE contract_log (
    subscription_id TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    number BIGINT NOT NULL,
    file TEXT NOT NULL,
    account_id TEXT,
    product_id TEXT,
    seats BIGINT,
    mrr BIGINT,
    currency TEXT,
    started_on TEXT,
    renews_on TEXT,
    ended_on TEXT,
    status TEXT,
    PRIMARY KEY (subscription_id, effective_on, number)
);

-- Pairs of accounts, the smaller id first: `merged` (one stands for both) or `distinct`.
CREATE TABLE duplicate_verdicts (
    first_id TEXT NOT NULL,
    second_id TEXT NOT NULL,
    verdict TEXT NOT NULL,
    kept_id TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);

-- The currency and zone under which a file was last taken, and the day.
CREATE TABLE ingest_settings (
    file TEXT NOT NULL PRIMARY KEY,
    currency TEXT NOT NULL,
    zone TEXT NOT NULL,
    taken_on TEXT NOT NULL
);
