-- case: the column it serves is renamed
-- page: bad
-- live: SELECT id FROM names
-- 0001_hits.sql
CREATE TABLE names (id UInt64, name String, team String) ENGINE = MergeTree ORDER BY id;
CREATE DICTIONARY name_of (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'names')) LAYOUT(HASHED()) LIFETIME(300);
-- 0002_change.sql
ALTER TABLE names RENAME COLUMN name TO label; -- expect: dictionary-goes-stale@error

-- case: a column that it does not read
-- page: good
-- live: SELECT id FROM names
-- 0001_hits.sql
CREATE TABLE names (id UInt64, name String, team String) ENGINE = MergeTree ORDER BY id;
CREATE DICTIONARY name_of (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'names')) LAYOUT(HASHED()) LIFETIME(300);
-- 0002_change.sql
ALTER TABLE names RENAME COLUMN team TO squad;
