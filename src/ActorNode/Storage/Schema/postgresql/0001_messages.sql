CREATE SCHEMA IF NOT EXISTS actornode;

CREATE TABLE actornode.schema_version (
    version integer NOT NULL
);

INSERT INTO actornode.schema_version VALUES (0);

-- Counts the nodes that opened the database. Every transaction of a node checks that the count is still its own: a node that lost its
-- connection, and with it the advisory lock, to another node cannot write any more.
CREATE TABLE actornode.owner (
    epoch bigint NOT NULL
);

INSERT INTO actornode.owner VALUES (0);

-- What an account holds: the sequences first .. last (first = last + 1: everything was removed). The row outlives the messages, so
-- that numbering goes on. Names are compared as UTF-8 bytes. Times are microseconds since 1970-01-01 UTC. Free space on a page lets an
-- update of "last" stay there, without a new entry in an index.
CREATE TABLE actornode.account (
    number    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text COLLATE "C" NOT NULL UNIQUE,
    first     bigint NOT NULL,
    last      bigint NOT NULL,
    oldest_at bigint
) WITH (fillfactor = 50);

CREATE INDEX account_oldest_at ON actornode.account (oldest_at, name) WHERE oldest_at IS NOT NULL;

-- id_hash = the first eight bytes of SHA-256(account's number, id): a small index entry for an id of any length. It is a hint: the
-- message itself tells whether it has the id.
CREATE TABLE actornode.message (
    account     bigint NOT NULL,
    sequence    bigint NOT NULL,
    received_at bigint NOT NULL,
    id_hash     bigint NOT NULL,
    id          text COLLATE "C" NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (account, sequence)
);

CREATE INDEX message_id_hash ON actornode.message (id_hash);
