-- What a manager needs of a night, who is away, and what becomes of a play between proposal and result.

-- Hours of each pool (a rep, or the unassigned) by week, and what one hour more would earn.
CREATE TABLE pool_weeks (
    attempt BIGINT NOT NULL,
    pool TEXT NOT NULL,
    week TEXT NOT NULL,
    team TEXT,
    role TEXT,
    hours DOUBLE PRECISION NOT NULL,
    used DOUBLE PRECISION NOT NULL,
    price_minor BIGINT NOT NULL,
    stranded DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (attempt, pool, week)
);

-- The best candidates of each reason that were not chosen; all of them are counted in fate_counts.
CREATE TABLE left_out (
    attempt BIGINT NOT NULL,
    fate TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    place BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    offer_id TEXT NOT NULL,
    motion TEXT NOT NULL,
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    expected_minor BIGINT NOT NULL,
    PRIMARY KEY (attempt, fate, reason_code, place)
);

-- Days on which a rep is away, both ends included, as people enter them; those of files are in absences.
CREATE TABLE leaves (
    leave_no BIGINT NOT NULL PRIMARY KEY,
    rep_id TEXT NOT NULL,
    from_on TEXT NOT NULL,
    until_on TEXT NOT NULL,
    entered_on TEXT NOT NULL,
    entered_by TEXT,
    removed_on TEXT,
    removed_by TEXT
);

-- Filters of the worklist that a rep keeps under a name.
CREATE TABLE saved_views (
    rep_id TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    PRIMARY KEY (rep_id, name)
);

-- Plays that were given to another rep together, so that they can be given back together: the event of each.
CREATE TABLE assignments (
    batch TEXT NOT NULL,
    play_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (batch, play_id)
);

-- To whom somebody gave the play; where it stands in the cycle of the pipeline; its deal; and its handoff, which waits
-- for the other side (`sent`) or came back (`returned`), with whom it waits for and until when.
ALTER TABLE play_states ADD COLUMN assigned TEXT;
ALTER TABLE play_states ADD COLUMN phase TEXT;
ALTER TABLE play_states ADD COLUMN deal_id TEXT;
ALTER TABLE play_states ADD COLUMN handoff TEXT;
ALTER TABLE play_states ADD COLUMN handoff_role TEXT;
ALTER TABLE play_states ADD COLUMN handoff_rep TEXT;
ALTER TABLE play_states ADD COLUMN handoff_due_us BIGINT;
CREATE INDEX play_states_by_assigned ON play_states (assigned);
CREATE INDEX play_states_by_handoff ON play_states (handoff);
CREATE INDEX play_states_by_deal ON play_states (deal_id);
