-- case: rand() on replicas
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits UPDATE url = toString(rand()) WHERE tenant = 7; -- expect: nondeterministic-mutation@error

-- case: a value of one moment
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/hits', '{replica}') ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits DELETE WHERE at < toDateTime('2025-11-22 00:00:00');

-- case: rand() on one server
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits UPDATE url = toString(rand()) WHERE tenant = 7; -- expect: nondeterministic-mutation@warning
