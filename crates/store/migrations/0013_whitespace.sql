-- What pages show of a run beside its plays: what other candidates are called, and who has what.

ALTER TABLE other_offers ADD COLUMN title_ja TEXT NOT NULL DEFAULT '';
ALTER TABLE other_offers ADD COLUMN title_en TEXT NOT NULL DEFAULT '';

-- The products of the map in their order from 0; `left_out` says in every row how many found no room on it.
CREATE TABLE whitespace_columns (
    attempt BIGINT NOT NULL,
    place BIGINT NOT NULL,
    line TEXT,
    product_id TEXT NOT NULL,
    left_out BIGINT NOT NULL,
    PRIMARY KEY (attempt, place)
);

-- How each account stands to them: `states` has one letter a column, `cells` (JSON) what stands behind some of them.
-- `place` is its place in its group from the root down, `depth` how many accounts stand above it.
CREATE TABLE whitespace_members (
    attempt BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    root_key BIGINT NOT NULL,
    place BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    owner TEXT,
    states TEXT NOT NULL,
    gap_minor BIGINT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (attempt, account_key)
);
