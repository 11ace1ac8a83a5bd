-- The worklist counts and pages by owner and motion without reading the plays themselves.
CREATE INDEX plays_by_owner ON plays (attempt, owner, rank);
CREATE INDEX plays_by_motion ON plays (attempt, motion, rank);
