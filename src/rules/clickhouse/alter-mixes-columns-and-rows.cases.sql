-- case: both in one
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8, UPDATE url = '' WHERE tenant = 7; -- expect: alter-mixes-columns-and-rows@warning

-- case: one after the other
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8;
ALTER TABLE hits UPDATE url = '' WHERE tenant = 7;
