-- Upkeep's values: the channel manager, the network graph, the scorer, parked events. A value's bytes lie in parts, so that a large one is
-- written by many short transactions; it counts from the moment when its row here names its parts. sequence, session and base are the
-- stamp of the write.
CREATE TABLE actornode.upkeep_value (
    primary_namespace   text COLLATE "C" NOT NULL,
    secondary_namespace text COLLATE "C" NOT NULL,
    name                text COLLATE "C" NOT NULL,
    sequence            bigint NOT NULL,
    session             bigint NOT NULL,
    base                bigint NOT NULL,
    value               bigint NOT NULL,
    length              bigint NOT NULL,
    PRIMARY KEY (primary_namespace, secondary_namespace, name)
) WITH (fillfactor = 50);

-- Channel state does not compress; trying to costs more than it saves.
CREATE TABLE actornode.upkeep_part (
    value  bigint  NOT NULL,
    number integer NOT NULL,
    bytes  bytea   NOT NULL,
    PRIMARY KEY (value, number)
);

ALTER TABLE actornode.upkeep_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The highest sequence and base that were ever written, removals included: one row.
CREATE TABLE actornode.upkeep_high (
    sequence bigint NOT NULL,
    base     bigint NOT NULL
) WITH (fillfactor = 50);

INSERT INTO actornode.upkeep_high VALUES (0, 0);
