-- case: copied and swapped
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits_new (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (url, at);
INSERT INTO hits_new SELECT * FROM hits;
EXCHANGE TABLES hits AND hits_new; -- expect: exchange-loses-late-rows@error

-- case: with a view that carries new rows
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits_new (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (url, at);
CREATE MATERIALIZED VIEW hits_catch_up TO hits_new AS SELECT tenant, at, amount, kind, url, name FROM hits;
INSERT INTO hits_new SELECT * FROM hits WHERE at < '2026-11-22 08:00:00';
EXCHANGE TABLES hits AND hits_new;

-- case: swapped for an empty table
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits_new AS hits;
EXCHANGE TABLES hits AND hits_new; -- expect: exchange-loses-late-rows@error
