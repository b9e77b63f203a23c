-- case: a metric beside the list
-- page: bad
-- 0001_hits.sql
CREATE TABLE totals (tenant UInt32, n UInt64) ENGINE = SummingMergeTree(n) ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE totals ADD COLUMN clicks UInt64; -- expect: summing-ignores-column@error

-- case: a type that says so itself
-- page: good
-- 0001_hits.sql
CREATE TABLE totals (tenant UInt32, n UInt64) ENGINE = SummingMergeTree(n) ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE totals ADD COLUMN clicks SimpleAggregateFunction(sum, UInt64);

-- case: no list
-- 0001_hits.sql
CREATE TABLE totals (tenant UInt32, n UInt64) ENGINE = SummingMergeTree ORDER BY tenant;
-- 0002_change.sql
ALTER TABLE totals ADD COLUMN clicks UInt64;
