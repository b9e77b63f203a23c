-- case: two labels change places
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN kind Enum8('click' = 1, 'view' = 2); -- expect: enum-renumbered@error

-- case: a label is renamed and keeps its number
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN kind Enum8('page view' = 1, 'click' = 2);

-- case: a new label gets a new number
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COLUMN kind Enum8('view' = 1, 'click' = 2, 'scroll' = 9);
