-- case: old rows change their plan
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_plan.sql
ALTER TABLE hits ADD COLUMN plan String DEFAULT 'free';
-- 0003_change.sql
ALTER TABLE hits MODIFY COLUMN plan DEFAULT 'pro'; -- expect: unmaterialised-default-changed@error

-- case: materialized before
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_plan.sql
ALTER TABLE hits ADD COLUMN plan String DEFAULT 'free';
ALTER TABLE hits MATERIALIZE COLUMN plan;
-- 0003_change.sql
ALTER TABLE hits MODIFY COLUMN plan DEFAULT 'pro';
