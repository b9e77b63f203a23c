-- case: a column that is there already
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN url String; -- expect: refused@error

-- case: IF NOT EXISTS lets it pass where it is the same
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN IF NOT EXISTS url String;

-- case: a table that nobody created
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
CREATE TABLE hits (a UInt8) ENGINE = MergeTree ORDER BY a; -- expect: refused@error

-- case: a default by a function that there is not
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN host String DEFAULT domainOf(url); -- expect: refused@error

-- case: a default by a function that an earlier migration made
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE FUNCTION domainOf AS (address) -> domain(address);
-- 0002_change.sql
ALTER TABLE hits ADD COLUMN host String DEFAULT domainOf(url);

-- case: a setting of the session that there is not
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, url String) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
SET mutation_sync = 2; -- expect: refused@error
