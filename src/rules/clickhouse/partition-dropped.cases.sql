-- case: a month is dropped
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits DROP PARTITION '202501'; -- expect: partition-dropped@error

-- case: a month is detached
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits DETACH PARTITION '202501';
