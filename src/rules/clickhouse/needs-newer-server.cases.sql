-- case: ADD ENUM VALUES on 25.8
-- page: bad
-- clickhouse: 25.8
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN kind ADD ENUM VALUES ('scroll' = 3); -- expect: needs-newer-server@error

-- case: the whole Enum works everywhere
-- page: good
-- clickhouse: 25.8
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN kind Enum8('view' = 1, 'click' = 2, 'scroll' = 3);
