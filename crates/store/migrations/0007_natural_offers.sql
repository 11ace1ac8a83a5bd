-- Offers that an account will likely take unasked: a prompt or mail instead of a rep's hours. One run's, by account.
CREATE TABLE natural_offers (
    attempt BIGINT NOT NULL,
    account_key BIGINT NOT NULL,
    offer_id TEXT NOT NULL,
    play_id TEXT NOT NULL,
    product_id TEXT,
    contact_key BIGINT,
    motion TEXT NOT NULL,
    owner TEXT,
    channel TEXT NOT NULL,
    due TEXT,
    unasked DOUBLE PRECISION NOT NULL,
    contacted DOUBLE PRECISION NOT NULL,
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    why_now_ja TEXT NOT NULL,
    why_now_en TEXT NOT NULL,
    reason_ja TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    next_step_ja TEXT NOT NULL,
    next_step_en TEXT NOT NULL,
    PRIMARY KEY (attempt, account_key, offer_id)
);
