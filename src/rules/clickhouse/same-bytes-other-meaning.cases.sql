-- case: another time zone
-- page: bad
-- 0001_hits.sql
CREATE TABLE visits (id UInt64, at DateTime('UTC')) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE visits MODIFY COLUMN at DateTime('Europe/Berlin'); -- expect: same-bytes-other-meaning@warning

-- case: a comment changes no value
-- page: good
-- 0001_hits.sql
CREATE TABLE visits (id UInt64, at DateTime('UTC')) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE visits COMMENT COLUMN at 'when the visit began';
