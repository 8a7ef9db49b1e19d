-- What an account holds: the sequences first .. last (first = last + 1: everything was removed). The row outlives the messages, so
-- that numbering goes on. Names are compared as UTF-8 bytes. Times are microseconds since 1970-01-01 UTC.
CREATE TABLE account (
    number    INTEGER PRIMARY KEY,
    name      TEXT    NOT NULL UNIQUE,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    oldest_at INTEGER
) STRICT;

CREATE INDEX account_oldest_at ON account (oldest_at) WHERE oldest_at IS NOT NULL;

-- key = account's number * 2^38 + sequence: messages lie in the order in which they are read, and the key costs nothing.
CREATE TABLE message (
    key         INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    body        BLOB    NOT NULL
) STRICT;

-- hash = the first eight bytes of SHA-256(account's number, id). An entry is a hint: the message itself tells whether it has the id.
CREATE TABLE id_index (
    hash INTEGER NOT NULL,
    key  INTEGER NOT NULL,
    PRIMARY KEY (hash, key)
) STRICT, WITHOUT ROWID;

-- Entries that are not in id_index yet, one row a transaction: pairs of little-endian 64-bit numbers, hash and key; a negative key
-- takes an entry out. Before a row's entries came, the named buckets (by the hash) moved to id_index.
CREATE TABLE id_log (
    number       INTEGER PRIMARY KEY,
    first_bucket INTEGER NOT NULL,
    buckets      INTEGER NOT NULL,
    entries      BLOB    NOT NULL
) STRICT;
