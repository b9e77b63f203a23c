-- case: a projection on a ReplacingMergeTree
-- page: bad
-- 0001_hits.sql
CREATE TABLE users (id UInt64, email String, v UInt64) ENGINE = ReplacingMergeTree(v) ORDER BY id;
-- 0002_change.sql
ALTER TABLE users ADD PROJECTION by_email (SELECT * ORDER BY email); -- expect: projection-refused@error

-- case: a projection on a plain table
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD PROJECTION by_url (SELECT url, count() GROUP BY url);
