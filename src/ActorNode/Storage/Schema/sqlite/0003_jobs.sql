-- Jobs as they are listed. sequence 0: known by its runs alone, so far. runs: how many of its runs there are. Ids are 16 bytes.
CREATE TABLE job (
    number      INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE,
    sequence    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    archived_at INTEGER,
    runs        INTEGER NOT NULL,
    body        BLOB    NOT NULL
) STRICT;

CREATE INDEX job_place ON job (created_at, id) WHERE archived_at IS NULL AND sequence > 0;

-- Runs as they are listed. job = the job's number. status: the numbers of RunStatus; 6 is errored, 7 completed, and they are the finished ones.
CREATE TABLE run (
    number      INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE,
    job         INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    finished_at INTEGER,
    body        BLOB    NOT NULL
) STRICT;

CREATE INDEX run_place ON run (created_at, id, job);
CREATE INDEX run_place_in_job ON run (job, created_at, id);
CREATE INDEX run_place_in_status ON run (status, created_at, id);
CREATE INDEX run_finished ON run (status, updated_at, id) WHERE status >= 6;
CREATE INDEX run_errored ON run (job, created_at, id) WHERE status = 6;

-- Counts along the lists of runs, so that a page far from both ends is found without a walk over all that is before it. list = a job's
-- number, or 0: all jobs. A stretch reaches from its place to the next one's; the first begins before every run. runs: those in it;
-- listed: those whose job is not archived.
CREATE TABLE run_stretch (
    list       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    id         BLOB    NOT NULL,
    runs       INTEGER NOT NULL,
    listed     INTEGER NOT NULL,
    PRIMARY KEY (list, created_at, id)
) STRICT, WITHOUT ROWID;

INSERT INTO run_stretch VALUES (0, -9223372036854775808, zeroblob(16), 0, 0);

-- Jobs that are not archived, their runs, and the finished runs of all jobs: one row.
CREATE TABLE job_total (
    jobs     INTEGER NOT NULL,
    runs     INTEGER NOT NULL,
    finished INTEGER NOT NULL
) STRICT;

INSERT INTO job_total VALUES (0, 0, 0);
