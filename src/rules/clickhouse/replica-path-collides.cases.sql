-- case: the path of another table
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY tenant; -- expect: replica-path-collides@error

-- case: a path of its own
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/visits', '{replica}') ORDER BY tenant;

-- case: two shards and no {shard}
-- cluster: main shards=2 replicas=2 macros=shard,replica
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/visits', '{replica}') ORDER BY tenant; -- expect: replica-path-collides@error

-- case: a host without the macro
-- cluster: main shards=2 replicas=2 macros=shard,replica
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE visits (tenant UInt32) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{layer}/{shard}/visits', '{replica}') ORDER BY tenant; -- expect: replica-path-collides@error
