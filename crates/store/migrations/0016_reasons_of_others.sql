-- Why an offer was left out, as its code: rows of before have none, and are counted by their sentence.
ALTER TABLE other_offers ADD COLUMN reason_code TEXT NOT NULL DEFAULT '';
