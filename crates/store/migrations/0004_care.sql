-- Care of what is kept: files that are being read or have been replaced, people who were erased, backups.

-- Lake files that somebody reads, for as long as the lease of that name and token lives.
CREATE TABLE lake_pins (
    lease TEXT NOT NULL,
    token BIGINT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (lease, token, path)
);

-- Lake files that left the catalogue, and when, in seconds since 1970: they stay for a while for readers.
CREATE TABLE lake_retired (
    path TEXT NOT NULL PRIMARY KEY,
    retired_s BIGINT NOT NULL
);

-- What was erased on request, as salted hashes: of ids, of mail addresses, of keys of rows that were blanked.
CREATE TABLE erasures (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL
);
CREATE TABLE erasure_salt (
    slot BIGINT NOT NULL PRIMARY KEY CHECK (slot = 1),
    salt TEXT NOT NULL
);

-- Backups that were made, and when, in seconds since 1970: an erased person may still be in them.
CREATE TABLE backups (
    file TEXT NOT NULL,
    made_s BIGINT NOT NULL,
    PRIMARY KEY (file, made_s)
);

-- When the issues of a file and table were first seen by the upkeep, in seconds since 1970.
CREATE TABLE issue_ages (
    file TEXT NOT NULL,
    entity TEXT NOT NULL,
    seen_s BIGINT NOT NULL,
    PRIMARY KEY (file, entity)
);
