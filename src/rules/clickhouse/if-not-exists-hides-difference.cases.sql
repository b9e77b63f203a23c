-- case: a column of another type
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN IF NOT EXISTS url UInt32; -- expect: if-not-exists-hides-difference@error

-- case: the same column
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN IF NOT EXISTS url String;

-- case: a table with another key
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE IF NOT EXISTS hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY at; -- expect: if-not-exists-hides-difference@error

-- case: a constraint with another body
-- 0001_hits.sql
CREATE TABLE hits (amount Int64, CONSTRAINT positive CHECK amount > 0) ENGINE = MergeTree ORDER BY tuple();
-- 0002_change.sql
ALTER TABLE hits ADD CONSTRAINT IF NOT EXISTS positive CHECK amount >= 0; -- expect: if-not-exists-hides-difference@error
