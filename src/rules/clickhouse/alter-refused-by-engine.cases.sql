-- case: a column of a Kafka table
-- page: bad
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_queue (tenant UInt32) ENGINE = Kafka('kafka:9092', 'hits', 'tread', 'JSONEachRow');
-- 0002_change.sql
ALTER TABLE hits_queue ADD COLUMN url String; -- expect: alter-refused-by-engine@error

-- case: a comment is allowed
-- page: good
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
-- 0002_change.sql
ALTER TABLE hits MODIFY COMMENT 'what visitors did';

-- case: an index on a Distributed table
-- 0001_hits.sql
CREATE TABLE hits (tenant UInt32, at DateTime, amount Int64, kind Enum8('view' = 1, 'click' = 2), url String, name Nullable(String)) ENGINE = MergeTree ORDER BY (tenant, at);
CREATE TABLE hits_all AS hits ENGINE = Distributed('main', 'default', 'hits', rand());
-- 0002_change.sql
ALTER TABLE hits_all ADD INDEX by_url url TYPE bloom_filter; -- expect: alter-refused-by-engine@error
