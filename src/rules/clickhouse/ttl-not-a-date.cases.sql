-- case: a TTL over text
-- page: bad
-- 0001_hits.sql
CREATE TABLE jobs (id UInt64, until String) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE jobs MODIFY TTL toDateTime(until) + INTERVAL 1 DAY; -- expect: ttl-not-a-date@error

-- case: a DateTime
-- page: good
-- facts: clear
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY TTL at + INTERVAL 1 MONTH;

-- case: an interval is added to text, which is read row by row
-- 0001_hits.sql
CREATE TABLE jobs (id UInt64, until String) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE jobs MODIFY TTL until + INTERVAL 1 DAY; -- expect: ttl-not-a-date@error
