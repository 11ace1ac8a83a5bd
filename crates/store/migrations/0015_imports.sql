-- Files that people bring in the browser, and work that is done apart from the pages.

-- An upload: where its files lie, as the name of a folder of the program's own making.
CREATE TABLE uploads (
    upload_no BIGINT NOT NULL PRIMARY KEY,
    folder TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    by_login TEXT
);

-- Its files: the name that people gave them, which is shown and never a path; the ending they are stored with;
-- and why one was refused, as a code.
CREATE TABLE upload_files (
    upload_no BIGINT NOT NULL,
    file_no BIGINT NOT NULL,
    name TEXT NOT NULL,
    ending TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    refused TEXT,
    PRIMARY KEY (upload_no, file_no)
);

-- Work that a worker takes, one job at a time. `once` names the press of a button: pressed twice, it is one job.
-- `token` goes up with each worker that takes it; who lost it writes nothing.
CREATE TABLE jobs (
    job_no BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    argument TEXT NOT NULL,
    once TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    by_login TEXT,
    asked_us BIGINT NOT NULL,
    worker TEXT,
    token BIGINT NOT NULL,
    begun_us BIGINT,
    beat_us BIGINT,
    ended_us BIGINT,
    progress TEXT,
    result TEXT
);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE INDEX jobs_by_about ON jobs (about);
