-- case: dropped
-- page: bad
-- live: SELECT tenant FROM hits_local
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
DROP TABLE hits; -- expect: distributed-queue-lost@error

-- case: flushed first
-- live: SELECT tenant FROM hits_local
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
SYSTEM FLUSH DISTRIBUTED hits;
DROP TABLE hits; -- expect: distributed-queue-lost@warning

-- case: foreground inserts wait for the shards
-- page: good
-- live: SELECT tenant FROM hits_local
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand()) SETTINGS distributed_foreground_insert = 1;
-- 0002_change.sql
DROP TABLE hits;
