-- case: a column of the sorting key
-- page: bad
-- live: SELECT url FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN tenant; -- expect: drop-column-in-use@error

-- case: a column that a constraint needs
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, amount Int64, CONSTRAINT positive CHECK amount > 0) ENGINE = MergeTree ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN amount; -- expect: drop-column-in-use@error

-- case: a column that nothing needs
-- page: good
-- live: SELECT url FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN name; -- expect: column-dropped@warning
