-- case: dropped under a Buffer
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_buffer AS hits ENGINE = Buffer('default', 'hits', 1, 10, 60, 1000, 10000, 1000000, 10000000);
-- 0002_change.sql
ALTER TABLE hits DROP COLUMN url; -- expect: buffer-drops-column@error

-- case: the Buffer goes first
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_buffer AS hits ENGINE = Buffer('default', 'hits', 1, 10, 60, 1000, 10000, 1000000, 10000000);
-- 0002_change.sql
DROP TABLE hits_buffer;
ALTER TABLE hits DROP COLUMN url;

-- case: a new column does no harm
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_buffer AS hits ENGINE = Buffer('default', 'hits', 1, 10, 60, 1000, 10000, 1000000, 10000000);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN region UInt8;
