-- case: index_granularity of a table that exists
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY SETTING index_granularity = 1024; -- expect: setting-refused@error

-- case: a setting that may change
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY SETTING merge_with_ttl_timeout = 3600;

-- case: a setting that does not exist
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY SETTING merge_with_tll_timeout = 3600; -- expect: setting-refused@error

-- case: a word that the setting does not know
-- 0001_hits.sql
CREATE TABLE seen (id UInt64) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE seen MODIFY SETTING deduplicate_merge_projection_mode = 'rebild'; -- expect: setting-refused@error
