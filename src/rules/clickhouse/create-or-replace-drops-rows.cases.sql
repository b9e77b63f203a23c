-- case: replaced
-- page: bad
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE OR REPLACE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at); -- expect: create-or-replace-drops-rows@error

-- case: a view is its query
-- page: good
-- live: SELECT tenant FROM hits
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE VIEW urls AS SELECT url FROM hits;
-- 0002_change.sql
CREATE OR REPLACE VIEW urls AS SELECT url, tenant FROM hits;
