-- What pages count and look up at 100,000 accounts, without reading whole rows.
CREATE INDEX plays_open ON plays (attempt, owner, motion, role, due, channel, account_key, play_id);
DROP INDEX plays_by_account;
CREATE INDEX plays_by_account ON plays (attempt, account_key, rank, play_id);
CREATE INDEX accounts_by_parent ON accounts (parent_id);
CREATE INDEX accounts_by_merged_into ON accounts (merged_into);
