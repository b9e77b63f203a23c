-- case: a replicated table is renamed
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
RENAME TABLE hits TO hits_2025; -- expect: swap-per-host@warning

-- case: a plain one
-- page: good
-- live: SELECT 1
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
RENAME TABLE hits TO hits_2025;

-- case: its name is in the path
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{table}', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
RENAME TABLE hits TO hits_2025; -- expect: swap-per-host@error
