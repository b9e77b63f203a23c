-- case: off
-- page: bad
-- cluster: main shards=2 replicas=2 macros=shard,replica internal=off
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits AS hits_local ENGINE = Distributed('main', 'default', 'hits_local', rand()); -- expect: internal-replication-off@error

-- case: on
-- page: good
-- cluster: main shards=2 replicas=2 macros=shard,replica
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits AS hits_local ENGINE = Distributed('main', 'default', 'hits_local', rand());
