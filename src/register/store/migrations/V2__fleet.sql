-- What is observed of the fleet. An empty text is what is not known; times are seconds since 1970; devices are IMEIs of 14 digits.

-- A device was seen with a card, at a place: written once, never changed.
CREATE TABLE sighting (
    id     BIGINT NOT NULL PRIMARY KEY,
    imei   BIGINT NOT NULL,
    svn    BIGINT,
    iccid  TEXT   NOT NULL,
    imsi   TEXT   NOT NULL,
    msisdn TEXT   NOT NULL,
    place  TEXT   NOT NULL,
    at     BIGINT NOT NULL
);

CREATE UNIQUE INDEX sighting_same ON sighting (imei, at, iccid, imsi, place);
CREATE INDEX sighting_iccid ON sighting (iccid) WHERE iccid <> '';
CREATE INDEX sighting_imsi ON sighting (imsi) WHERE imsi <> '';

-- The cards, and the device that each is bound to. link: 0 unlinked, 1 armed, 2 linked, 3 differed; device: what it is bound to;
-- declared: the declaration that was taken into account last, -1 where it named several devices; seen: the device that it was
-- last in; moved: when it was seen or changed by hand last.
CREATE TABLE sim (
    id       BIGINT NOT NULL PRIMARY KEY,
    iccid    TEXT   NOT NULL,
    imsi     TEXT   NOT NULL,
    link     BIGINT NOT NULL,
    device   BIGINT,
    declared BIGINT,
    seen     BIGINT,
    moved    BIGINT NOT NULL
);

CREATE UNIQUE INDEX sim_iccid ON sim (iccid) WHERE iccid <> '';
CREATE UNIQUE INDEX sim_imsi ON sim (imsi) WHERE imsi <> '';
CREATE INDEX sim_device ON sim (device) WHERE device IS NOT NULL;
CREATE INDEX sim_seen ON sim (seen) WHERE seen IS NOT NULL;

-- What happened to a card's link, each change once.
CREATE TABLE link_event (
    id     BIGINT NOT NULL PRIMARY KEY,
    sim    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    kind   TEXT   NOT NULL,
    imei   BIGINT,
    former BIGINT,
    who    TEXT   NOT NULL
);

CREATE INDEX link_event_sim ON link_event (sim);
CREATE INDEX link_event_imei ON link_event (imei) WHERE imei IS NOT NULL;
CREATE INDEX link_event_former ON link_event (former) WHERE former IS NOT NULL;

-- The open rows of the fleet's book, by what their devices are looked up by; written anew from the book for each device that
-- an act has changed.
CREATE TABLE declared (
    imei   BIGINT NOT NULL,
    source BIGINT NOT NULL,
    until  BIGINT,
    iccid  TEXT   NOT NULL,
    imsi   TEXT   NOT NULL,
    label  TEXT   NOT NULL
);

CREATE INDEX declared_imei ON declared (imei);
CREATE INDEX declared_iccid ON declared (iccid) WHERE iccid <> '';
CREATE INDEX declared_imsi ON declared (imsi) WHERE imsi <> '';
CREATE INDEX declared_label ON declared (label) WHERE label <> '';

-- Pairings are looked up by their subscription too.
CREATE INDEX entry_imsi ON entry (imsi) WHERE imsi <> '' AND to_act IS NULL;
