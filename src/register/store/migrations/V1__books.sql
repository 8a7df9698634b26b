-- Read by SQLite and PostgreSQL alike: BIGINT and TEXT are the only types, and no default depends on either.

-- What kind of register this is, and which one: key and value.
CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who lists devices, and who is believed before whom: the highest precedence decides.
CREATE TABLE source (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    precedence BIGINT NOT NULL
);

-- The journal: each act has the number that is the register's generation after it. Times are seconds since 1970.
CREATE TABLE act (
    id      BIGINT NOT NULL PRIMARY KEY,
    at      BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    verb    TEXT   NOT NULL,
    book    TEXT,
    source  TEXT,
    list    TEXT,
    origin  TEXT,
    reason  TEXT,
    added   BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    undoes  BIGINT
);

-- Every row that ever stood in a book: opened by one act, and closed by another, never rewritten.
-- low and high are IMEIs of 14 digits, both in it; of a keyed hash (hashed = 1) its two halves.
CREATE TABLE entry (
    book     BIGINT NOT NULL,
    source   BIGINT NOT NULL,
    hashed   BIGINT NOT NULL,
    low      BIGINT NOT NULL,
    high     BIGINT NOT NULL,
    imsi     TEXT   NOT NULL,
    list     BIGINT,
    reason   TEXT,
    since    BIGINT,
    until    BIGINT,
    fields   TEXT,
    from_act BIGINT NOT NULL,
    to_act   BIGINT
);

CREATE UNIQUE INDEX entry_open ON entry (book, low, high, imsi, hashed, source) WHERE to_act IS NULL;
CREATE INDEX entry_subject ON entry (low, high) WHERE to_act IS NOT NULL;
CREATE INDEX entry_range ON entry (low, high) WHERE low <> high AND hashed = 0;
CREATE INDEX entry_opened ON entry (from_act);
CREATE INDEX entry_closed ON entry (to_act) WHERE to_act IS NOT NULL;
