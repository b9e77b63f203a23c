-- case: another integer
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits_local MODIFY COLUMN amount Int128; -- expect: distributed-type-mismatch@error

-- case: both
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits_local MODIFY COLUMN amount Int128;
ALTER TABLE hits MODIFY COLUMN amount Int128;
