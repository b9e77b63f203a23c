-- case: an ALTER of a replicated table
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ON CLUSTER main ADD COLUMN region UInt8; -- expect: on-cluster@warning

-- case: host by host
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8;
