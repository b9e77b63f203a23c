-- case: local first
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits_local DROP COLUMN url; -- expect: local-before-distributed@error

-- case: Distributed first
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits_local (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, url String) ENGINE = Distributed('main', 'default', 'hits_local', rand());
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN url;
SYSTEM FLUSH DISTRIBUTED hits;
ALTER TABLE hits_local RENAME COLUMN url TO url_deprecated;
