-- case: a column of the sorting key
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN tenant UInt64; -- expect: change-type-refused@error

-- case: a column outside of the key
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN amount Int128;

-- case: a shorter FixedString
-- 0001_hits.sql
CREATE TABLE codes (id UInt64, code FixedString(8)) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE codes MODIFY COLUMN code FixedString(4); -- expect: change-type-refused@error
