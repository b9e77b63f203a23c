-- case: both
-- page: bad
-- 0001_hits.sql
CREATE DATABASE web ENGINE = Replicated('/clickhouse/databases/web', '{shard}', '{replica}');
CREATE TABLE web.hits (tenant UInt32) ENGINE = ReplicatedMergeTree ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE web.hits ON CLUSTER main ADD COLUMN region UInt8; -- expect: on-cluster-in-replicated-database@error

-- case: the database does it
-- page: good
-- 0001_hits.sql
CREATE DATABASE web ENGINE = Replicated('/clickhouse/databases/web', '{shard}', '{replica}');
CREATE TABLE web.hits (tenant UInt32) ENGINE = ReplicatedMergeTree ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE web.hits ADD COLUMN region UInt8;
