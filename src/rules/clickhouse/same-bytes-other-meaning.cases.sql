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

-- case: the highest becomes the lowest
-- 0001_hits.sql
CREATE TABLE peaks (id UInt64, top SimpleAggregateFunction(max, UInt32)) ENGINE = AggregatingMergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE peaks MODIFY COLUMN top SimpleAggregateFunction(min, UInt32); -- expect: same-bytes-other-meaning@warning

-- case: a UUID is read as a number
-- 0001_hits.sql
CREATE TABLE people (id UInt64, token UUID) ENGINE = MergeTree ORDER BY id;
-- 0002_change.sql
ALTER TABLE people MODIFY COLUMN token UInt128; -- expect: same-bytes-other-meaning@warning
