-- Upkeep's values: the channel manager, the network graph, the scorer, parked events. A value's bytes lie in parts, so that a large one is
-- written by many short transactions; it counts from the moment when its row here names its parts. sequence, session and base are the
-- stamp of the write.
CREATE TABLE upkeep_value (
    primary_namespace   TEXT    NOT NULL,
    secondary_namespace TEXT    NOT NULL,
    name                TEXT    NOT NULL,
    sequence            INTEGER NOT NULL,
    session             INTEGER NOT NULL,
    base                INTEGER NOT NULL,
    value               INTEGER NOT NULL,
    length              INTEGER NOT NULL,
    PRIMARY KEY (primary_namespace, secondary_namespace, name)
) STRICT, WITHOUT ROWID;

-- key = the value's number * 2^20 + the part's number.
CREATE TABLE upkeep_part (
    key   INTEGER PRIMARY KEY,
    bytes BLOB    NOT NULL
) STRICT;

-- The highest sequence and base that were ever written, removals included: one row.
CREATE TABLE upkeep_high (
    sequence INTEGER NOT NULL,
    base     INTEGER NOT NULL
) STRICT;

INSERT INTO upkeep_high VALUES (0, 0);
