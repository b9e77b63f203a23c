-- case: Distributed first
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8; -- expect: distributed-before-local@error
ALTER TABLE hits_local ADD COLUMN region UInt8;

-- case: local first
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits_local ADD COLUMN region UInt8;
ALTER TABLE hits ADD COLUMN region UInt8;
