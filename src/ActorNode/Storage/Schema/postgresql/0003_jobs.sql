-- Jobs as they are listed. sequence 0: known by its runs alone, so far.
CREATE TABLE actornode.job (
    id          uuid PRIMARY KEY,
    sequence    bigint NOT NULL,
    created_at  bigint NOT NULL,
    archived_at bigint,
    body        bytea NOT NULL
);

CREATE INDEX job_place ON actornode.job (created_at, id) WHERE archived_at IS NULL AND sequence > 0;

-- Runs as they are listed. status: the numbers of RunStatus; 6 is errored, 7 completed, and they are the finished ones.
CREATE TABLE actornode.run (
    id          uuid PRIMARY KEY,
    job         uuid NOT NULL,
    sequence    bigint NOT NULL,
    status      smallint NOT NULL,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    finished_at bigint,
    body        bytea NOT NULL
);

CREATE INDEX run_place ON actornode.run (created_at, id) INCLUDE (job);
CREATE INDEX run_place_in_job ON actornode.run (job, created_at, id);
CREATE INDEX run_place_in_status ON actornode.run (status, created_at, id);
CREATE INDEX run_finished ON actornode.run (status, updated_at, id) WHERE status >= 6;
CREATE INDEX run_errored ON actornode.run (job, created_at, id) WHERE status = 6;

-- Counts along the lists of runs, so that a page far from both ends is found without a walk over all that is before it. list = a job's
-- id, or zeros: all jobs. A stretch reaches from its place to the next one's; the first begins before every run. runs: those in it;
-- listed: those whose job is not archived.
CREATE TABLE actornode.run_stretch (
    list       uuid NOT NULL,
    created_at bigint NOT NULL,
    id         uuid NOT NULL,
    runs       bigint NOT NULL,
    listed     bigint NOT NULL,
    PRIMARY KEY (list, created_at, id)
) WITH (fillfactor = 50);

INSERT INTO actornode.run_stretch VALUES
    ('00000000-0000-0000-0000-000000000000', -9223372036854775808, '00000000-0000-0000-0000-000000000000', 0, 0);

-- Jobs that are not archived, and the finished runs of all jobs: one row.
CREATE TABLE actornode.job_total (
    jobs     bigint NOT NULL,
    finished bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO actornode.job_total VALUES (0, 0);
