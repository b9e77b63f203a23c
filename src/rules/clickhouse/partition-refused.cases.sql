-- case: another sorting key
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_by_url (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (url, at);
-- 0002_change.sql
ALTER TABLE hits_by_url ATTACH PARTITION tuple() FROM hits; -- expect: partition-refused@error

-- case: the same definition
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_copy AS hits;
-- 0002_change.sql
ALTER TABLE hits_copy ATTACH PARTITION tuple() FROM hits;
