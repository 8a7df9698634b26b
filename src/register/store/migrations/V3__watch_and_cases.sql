-- The watch over the fleet, one row once it was begun: the word with which its reports' ids begin, the number of the last
-- one, up to which act and which second the fleet was judged, and who delivers reports now (until: milliseconds since 1970).
CREATE TABLE watch (
    id         BIGINT NOT NULL PRIMARY KEY,
    word       TEXT   NOT NULL,
    last       BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    holder     TEXT,
    held_until BIGINT
);

-- What was last told of a device, and the number under which masked reports name it. Who has no row was always clear.
CREATE TABLE watched (
    device BIGINT NOT NULL PRIMARY KEY,
    name   BIGINT NOT NULL,
    state  BIGINT NOT NULL
);

-- Lists that hit too much of the fleet, as they were told.
CREATE TABLE watch_alarm (
    list   BIGINT NOT NULL,
    source TEXT   NOT NULL,
    hit    BIGINT NOT NULL,
    fleet  BIGINT NOT NULL,
    PRIMARY KEY (list, source)
);

-- Reports that were not delivered yet. What a receiver has refused too often is set aside and kept.
CREATE TABLE watch_report (
    n       BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    body    TEXT   NOT NULL,
    refused BIGINT NOT NULL,
    aside   BIGINT NOT NULL
);

-- Cases: listings that somebody says are wrong. act is the act that resolved it, as state says.
CREATE TABLE case_file (
    id     BIGINT NOT NULL PRIMARY KEY,
    low    BIGINT NOT NULL,
    high   BIGINT NOT NULL,
    imsi   TEXT   NOT NULL,
    state  TEXT   NOT NULL,
    act    BIGINT
);
CREATE INDEX case_subject ON case_file (low, high, imsi);

CREATE TABLE case_note (
    file   BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    who    TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    text   TEXT   NOT NULL,
    name   TEXT,
    digest TEXT,
    act    BIGINT,
    PRIMARY KEY (file, n)
);
