-- case: two terabytes
-- page: bad
-- environment: cloud rows(hits)=2000000000 bytes(hits)=2000000000000
-- live: SELECT 1
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
DROP TABLE hits; -- expect: drop-size-limit@error, rows-dropped@warning

-- case: one gigabyte
-- environment: cloud rows(hits)=2000000 bytes(hits)=1000000000
-- live: SELECT 1
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
DROP TABLE hits; -- expect: rows-dropped@warning

-- case: a dictionary holds no rows
-- page: good
-- live: SELECT 1
-- 0001_hits.sql
CREATE TABLE names (id UInt64, name String) ENGINE = MergeTree ORDER BY id;
CREATE DICTIONARY name_of (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'names')) LAYOUT(HASHED()) LIFETIME(300);
-- 0002_change.sql
DROP DICTIONARY name_of;
