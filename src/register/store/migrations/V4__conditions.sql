-- Since when a condition of the rules, by its name, holds for a device without a break.
CREATE TABLE condition_held (
    device BIGINT NOT NULL,
    name   TEXT   NOT NULL,
    since  BIGINT NOT NULL,
    PRIMARY KEY (device, name)
);

-- What was last told of a device beside its list. kind: condition, differed or duplicate; what: the condition's name, the
-- card's number in sim, or nothing; degree: 1 it is so, 2 a condition in its days of grace, 3 a condition that blocks.
CREATE TABLE watch_sign (
    device BIGINT NOT NULL,
    kind   TEXT   NOT NULL,
    what   TEXT   NOT NULL,
    degree BIGINT NOT NULL,
    PRIMARY KEY (device, kind, what)
);

-- Conditions that hold for too much of the fleet, as they were told.
CREATE TABLE watch_condition (
    name  TEXT   NOT NULL PRIMARY KEY,
    hit   BIGINT NOT NULL,
    fleet BIGINT NOT NULL
);

-- Which cards have left their devices is asked in every round of a watch.
CREATE INDEX sim_differed ON sim (link) WHERE link = 3;
