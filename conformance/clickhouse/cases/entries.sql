-- schema: ledger
CREATE TABLE entries (tenant UInt32, id UInt64, at DateTime, amount Int64, currency LowCardinality(String), ver UInt64, removed UInt8, memo Nullable(String), payload String)
ENGINE = ReplacingMergeTree(ver, removed) PARTITION BY (tenant % 4, toYYYYMM(at)) PRIMARY KEY tenant ORDER BY (tenant, id) SAMPLE BY tenant TTL at + INTERVAL 50 YEAR SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO entries SELECT 1, 10, '2026-01-05 00:00:00', -500, 'EUR', 1, 0, NULL, 'p1';
INSERT INTO entries SELECT 2, 20, '2026-02-05 00:00:00', 3000000000, 'USD', 2, 0, 'm', 'p2';
CREATE TABLE sums (day Date, tenant UInt32, total SimpleAggregateFunction(sum, Int64), parts AggregateFunction(uniq, UInt64), top SimpleAggregateFunction(max, Int64)) ENGINE = AggregatingMergeTree ORDER BY (tenant, day) SETTINGS min_bytes_for_wide_part = 0;
CREATE MATERIALIZED VIEW sums_mv TO sums AS SELECT toDate(at) AS day, tenant, sum(amount) AS total, uniqState(id) AS parts, max(amount) AS top FROM entries GROUP BY day, tenant;
INSERT INTO entries SELECT 3, 30, '2026-02-06 00:00:00', 7, 'USD', 2, 0, 'q', 'p3';
CREATE VIEW recent AS SELECT tenant, id, amount FROM entries WHERE at > now() - INTERVAL 1 DAY;
CREATE TABLE names (id UInt64, name String, valid_from Date, valid_to Date) ENGINE = MergeTree ORDER BY id;
INSERT INTO names SELECT 1, 'one', '2020-01-01', '2030-01-01';
CREATE DICTIONARY names_dict (id UInt64, name String DEFAULT '?') PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'names' DB 'app')) LAYOUT(HASHED()) LIFETIME(MIN 0 MAX 60);
CREATE TABLE archive AS entries ENGINE = MergeTree PARTITION BY (tenant % 4, toYYYYMM(at)) PRIMARY KEY tenant ORDER BY (tenant, id) SAMPLE BY tenant;
CREATE TABLE logbook (k UInt64, line String, level UInt8) ENGINE = StripeLog;
INSERT INTO logbook SELECT 1, 'x', 200;
CREATE TABLE cells (k UInt64, v String) ENGINE = Memory;
INSERT INTO cells SELECT 1, 'x';
CREATE TABLE joined (k UInt64, v String) ENGINE = Join(ANY, LEFT, k);
INSERT INTO joined SELECT 1, 'x';
CREATE TABLE buf AS logbook ENGINE = Buffer(app, logbook, 1, 10, 100, 10, 100, 10000, 1000000);
CREATE TABLE every AS logbook ENGINE = Merge(app, '^logbook');
-- case: ALTER TABLE entries MODIFY COLUMN amount Int32
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN amount Int32
-- case: ALTER TABLE entries MODIFY COLUMN amount Decimal(18, 2)
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN amount Decimal(18, 2)
-- case: ALTER TABLE entries MODIFY COLUMN tenant UInt64
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN tenant UInt64
-- case: ALTER TABLE entries MODIFY COLUMN id String
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN id String
-- case: ALTER TABLE entries MODIFY COLUMN ver UInt32
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN ver UInt32
-- case: ALTER TABLE entries MODIFY COLUMN ver Int64
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN ver Int64
-- case: ALTER TABLE entries MODIFY COLUMN ver Nullable(UInt64)
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN ver Nullable(UInt64)
-- case: ALTER TABLE entries MODIFY COLUMN removed UInt16
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN removed UInt16
-- case: ALTER TABLE entries MODIFY COLUMN removed Bool
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN removed Bool
-- case: ALTER TABLE entries MODIFY COLUMN at DateTime64(3)
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN at DateTime64(3)
-- case: ALTER TABLE entries MODIFY COLUMN at Date
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN at Date
-- case: ALTER TABLE entries MODIFY COLUMN currency String
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN currency String
-- case: ALTER TABLE entries DROP COLUMN ver
-- on: ledger
-- statement
ALTER TABLE entries DROP COLUMN ver
-- case: ALTER TABLE entries DROP COLUMN currency
-- on: ledger
-- statement
ALTER TABLE entries DROP COLUMN currency
-- case: ALTER TABLE entries DROP COLUMN amount
-- on: ledger
-- statement
ALTER TABLE entries DROP COLUMN amount
-- case: ALTER TABLE entries RENAME COLUMN at TO happened
-- on: ledger
-- statement
ALTER TABLE entries RENAME COLUMN at TO happened
-- case: ALTER TABLE entries ADD COLUMN region String AFTER tenant
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN region String AFTER tenant
-- case: ALTER TABLE entries ADD COLUMN region String FIRST
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN region String FIRST
-- case: ALTER TABLE entries ADD COLUMN region String AFTER nope
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN region String AFTER nope
-- case: ALTER TABLE entries UPDATE ver = 9 WHERE id = 10
-- on: ledger
-- statement
ALTER TABLE entries UPDATE ver = 9 WHERE id = 10
-- case: ALTER TABLE entries UPDATE removed = 1 WHERE id = 10
-- on: ledger
-- statement
ALTER TABLE entries UPDATE removed = 1 WHERE id = 10
-- case: ALTER TABLE entries UPDATE tenant = 5 WHERE id = 10
-- on: ledger
-- statement
ALTER TABLE entries UPDATE tenant = 5 WHERE id = 10
-- case: ALTER TABLE entries UPDATE payload = (SELECT max(name) FROM names) WHERE 1
-- on: ledger
-- statement
ALTER TABLE entries UPDATE payload = (SELECT max(name) FROM names) WHERE 1
-- case: ALTER TABLE entries UPDATE memo = dictGet('names_dict', 'name', id) WHERE 1
-- on: ledger
-- statement
ALTER TABLE entries UPDATE memo = dictGet('names_dict', 'name', id) WHERE 1
-- case: ALTER TABLE entries UPDATE memo = toString(generateUUIDv4()) WHERE 1
-- on: ledger
-- statement
ALTER TABLE entries UPDATE memo = toString(generateUUIDv4()) WHERE 1
-- case: ALTER TABLE entries DELETE WHERE id IN (10, 20)
-- on: ledger
-- statement
ALTER TABLE entries DELETE WHERE id IN (10, 20)
-- case: ALTER TABLE entries DELETE WHERE id NOT IN (SELECT id FROM names)
-- on: ledger
-- statement
ALTER TABLE entries DELETE WHERE id NOT IN (SELECT id FROM names)
-- case: ALTER TABLE entries MODIFY TTL at + INTERVAL 1 MONTH
-- on: ledger
-- statement
ALTER TABLE entries MODIFY TTL at + INTERVAL 1 MONTH
-- case: ALTER TABLE entries REMOVE TTL
-- on: ledger
-- statement
ALTER TABLE entries REMOVE TTL
-- case: ALTER TABLE entries MODIFY SAMPLE BY id
-- on: ledger
-- statement
ALTER TABLE entries MODIFY SAMPLE BY id
-- case: ALTER TABLE entries REMOVE SAMPLE BY
-- on: ledger
-- statement
ALTER TABLE entries REMOVE SAMPLE BY
-- case: ALTER TABLE archive ATTACH PARTITION (1, 202601) FROM entries
-- on: ledger
-- statement
ALTER TABLE archive ATTACH PARTITION (1, 202601) FROM entries
-- case: ALTER TABLE archive REPLACE PARTITION (1, 202601) FROM entries
-- on: ledger
-- statement
ALTER TABLE archive REPLACE PARTITION (1, 202601) FROM entries
-- case: ALTER TABLE entries REPLACE PARTITION (1, 202601) FROM archive
-- on: ledger
-- statement
ALTER TABLE entries REPLACE PARTITION (1, 202601) FROM archive
-- case: ALTER TABLE sums ATTACH PARTITION tuple() FROM entries
-- on: ledger
-- statement
ALTER TABLE sums ATTACH PARTITION tuple() FROM entries
-- case: ALTER TABLE entries DROP PARTITION (1, 202601)
-- on: ledger
-- statement
ALTER TABLE entries DROP PARTITION (1, 202601)
-- case: ALTER TABLE entries DROP PARTITION 202601
-- on: ledger
-- statement
ALTER TABLE entries DROP PARTITION 202601
-- case: ALTER TABLE entries DROP PART 'nope'
-- on: ledger
-- statement
ALTER TABLE entries DROP PART 'nope'
-- case: ALTER TABLE entries DETACH PARTITION ALL
-- on: ledger
-- statement
ALTER TABLE entries DETACH PARTITION ALL
-- case: ALTER TABLE entries ATTACH PARTITION (1, 202601)
-- on: ledger
-- statement
ALTER TABLE entries ATTACH PARTITION (1, 202601)
-- case: ALTER TABLE sums MODIFY COLUMN total SimpleAggregateFunction(sum, Int32)
-- on: ledger
-- statement
ALTER TABLE sums MODIFY COLUMN total SimpleAggregateFunction(sum, Int32)
-- case: ALTER TABLE sums MODIFY COLUMN parts AggregateFunction(uniqExact, UInt64)
-- on: ledger
-- statement
ALTER TABLE sums MODIFY COLUMN parts AggregateFunction(uniqExact, UInt64)
-- case: ALTER TABLE sums MODIFY COLUMN parts AggregateFunction(uniq, UInt32)
-- on: ledger
-- statement
ALTER TABLE sums MODIFY COLUMN parts AggregateFunction(uniq, UInt32)
-- case: ALTER TABLE sums MODIFY COLUMN top Int64
-- on: ledger
-- statement
ALTER TABLE sums MODIFY COLUMN top Int64
-- case: ALTER TABLE sums ADD COLUMN low SimpleAggregateFunction(min, Int64)
-- on: ledger
-- statement
ALTER TABLE sums ADD COLUMN low SimpleAggregateFunction(min, Int64)
-- case: ALTER TABLE sums_mv MODIFY QUERY SELECT toDate(at) AS day, tenant, nope AS total FROM entries GROUP BY day, te
-- on: ledger
-- statement
ALTER TABLE sums_mv MODIFY QUERY SELECT toDate(at) AS day, tenant, nope AS total FROM entries GROUP BY day, tenant
-- case: ALTER TABLE sums_mv ADD COLUMN x UInt8
-- on: ledger
-- statement
ALTER TABLE sums_mv ADD COLUMN x UInt8
-- case: DROP VIEW sums_mv
-- on: ledger
-- statement
DROP VIEW sums_mv
-- case: DROP TABLE sums
-- on: ledger
-- statement
DROP TABLE sums
-- case: DROP TABLE names
-- on: ledger
-- statement
DROP TABLE names
-- case: DROP DICTIONARY names_dict
-- on: ledger
-- statement
DROP DICTIONARY names_dict
-- case: DROP TABLE entries SYNC
-- on: ledger
-- statement
DROP TABLE entries SYNC
-- case: DETACH TABLE sums_mv
-- on: ledger
-- statement
DETACH TABLE sums_mv
-- case: DETACH TABLE entries PERMANENTLY
-- on: ledger
-- statement
DETACH TABLE entries PERMANENTLY
-- case: RENAME TABLE names TO names_v1
-- on: ledger
-- statement
RENAME TABLE names TO names_v1
-- case: EXCHANGE TABLES entries AND archive
-- on: ledger
-- statement
EXCHANGE TABLES entries AND archive
-- case: CREATE OR REPLACE VIEW recent AS SELECT tenant FROM entries
-- on: ledger
-- statement
CREATE OR REPLACE VIEW recent AS SELECT tenant FROM entries
-- case: CREATE OR REPLACE TABLE names (id UInt64) ENGINE = MergeTree ORDER BY id
-- on: ledger
-- statement
CREATE OR REPLACE TABLE names (id UInt64) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE copied AS entries ENGINE = MergeTree ORDER BY id
-- on: ledger
-- statement
CREATE TABLE copied AS entries ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE copied ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM entries
-- on: ledger
-- statement
CREATE TABLE copied ENGINE = MergeTree ORDER BY tuple() AS SELECT * FROM entries
-- case: CREATE MATERIALIZED VIEW late_mv TO names AS SELECT id, memo AS name FROM entries
-- on: ledger
-- statement
CREATE MATERIALIZED VIEW late_mv TO names AS SELECT id, memo AS name FROM entries
-- case: CREATE MATERIALIZED VIEW late_mv REFRESH EVERY 1 DAY ENGINE = MergeTree ORDER BY tenant AS SELECT tenant, coun
-- on: ledger
-- statement
CREATE MATERIALIZED VIEW late_mv REFRESH EVERY 1 DAY ENGINE = MergeTree ORDER BY tenant AS SELECT tenant, count() AS n FROM entries GROUP BY tenant
-- case: CREATE TABLE spread AS entries ENGINE = Distributed(test_shard_localhost, app, entries, nope)
-- on: ledger
-- statement
CREATE TABLE spread AS entries ENGINE = Distributed(test_shard_localhost, app, entries, nope)
-- case: INSERT INTO names (id, name) SELECT id, payload FROM entries
-- on: ledger
-- statement
INSERT INTO names (id, name) SELECT id, payload FROM entries
-- case: INSERT INTO names (id, name) SELECT id, payload, at FROM entries
-- on: ledger
-- statement
INSERT INTO names (id, name) SELECT id, payload, at FROM entries
-- case: INSERT INTO names (id, nope) VALUES (1, 'x')
-- on: ledger
-- statement
INSERT INTO names (id, nope) VALUES (1, 'x')
-- case: INSERT INTO names VALUES (1, 'x')
-- on: ledger
-- statement
INSERT INTO names VALUES (1, 'x')
-- case: ALTER TABLE logbook ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE logbook ADD COLUMN extra String
-- case: ALTER TABLE logbook MODIFY COLUMN level UInt16
-- on: ledger
-- statement
ALTER TABLE logbook MODIFY COLUMN level UInt16
-- case: ALTER TABLE logbook COMMENT COLUMN level 'x'
-- on: ledger
-- statement
ALTER TABLE logbook COMMENT COLUMN level 'x'
-- case: ALTER TABLE logbook DELETE WHERE k = 1
-- on: ledger
-- statement
ALTER TABLE logbook DELETE WHERE k = 1
-- case: ALTER TABLE cells ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE cells ADD COLUMN extra String
-- case: ALTER TABLE cells MODIFY COLUMN v UInt64
-- on: ledger
-- statement
ALTER TABLE cells MODIFY COLUMN v UInt64
-- case: ALTER TABLE cells DELETE WHERE k = 1
-- on: ledger
-- statement
ALTER TABLE cells DELETE WHERE k = 1
-- case: ALTER TABLE cells UPDATE v = 'y' WHERE k = 1
-- on: ledger
-- statement
ALTER TABLE cells UPDATE v = 'y' WHERE k = 1
-- case: ALTER TABLE joined DELETE WHERE k = 1
-- on: ledger
-- statement
ALTER TABLE joined DELETE WHERE k = 1
-- case: ALTER TABLE joined ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE joined ADD COLUMN extra String
-- case: ALTER TABLE buf ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE buf ADD COLUMN extra String
-- case: ALTER TABLE buf DROP COLUMN level
-- on: ledger
-- statement
ALTER TABLE buf DROP COLUMN level
-- case: ALTER TABLE every ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE every ADD COLUMN extra String
-- case: ALTER TABLE recent ADD COLUMN extra String
-- on: ledger
-- statement
ALTER TABLE recent ADD COLUMN extra String
-- case: ALTER TABLE recent MODIFY QUERY SELECT tenant FROM entries
-- on: ledger
-- statement
ALTER TABLE recent MODIFY QUERY SELECT tenant FROM entries
-- case: ALTER TABLE recent MODIFY COMMENT 'x'
-- on: ledger
-- statement
ALTER TABLE recent MODIFY COMMENT 'x'
-- case: ALTER TABLE names_dict MODIFY COMMENT 'x'
-- on: ledger
-- statement
ALTER TABLE names_dict MODIFY COMMENT 'x'
-- case: TRUNCATE TABLE joined
-- on: ledger
-- statement
TRUNCATE TABLE joined
-- case: TRUNCATE TABLE recent
-- on: ledger
-- statement
TRUNCATE TABLE recent
-- case: TRUNCATE TABLE logbook
-- on: ledger
-- statement
TRUNCATE TABLE logbook
-- case: TRUNCATE DATABASE app
-- on: ledger
-- statement
TRUNCATE DATABASE app
-- case: DROP DATABASE app
-- on: ledger
-- statement
DROP DATABASE app
-- case: DROP DATABASE nope
-- on: ledger
-- statement
DROP DATABASE nope
-- case: ALTER TABLE entries MODIFY COLUMN memo String DEFAULT concat('m', toString(id))
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN memo String DEFAULT concat('m', toString(id))
-- case: ALTER TABLE entries MODIFY COLUMN payload Array(String)
-- on: ledger
-- statement
ALTER TABLE entries MODIFY COLUMN payload Array(String)
-- case: ALTER TABLE entries ADD COLUMN size UInt64 DEFAULT length(payload)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN size UInt64 DEFAULT length(payload)
-- case: ALTER TABLE entries ADD COLUMN size UInt8 MATERIALIZED length(payload)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN size UInt8 MATERIALIZED length(payload)
-- case: ALTER TABLE entries ADD COLUMN self UInt64 DEFAULT self + 1
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN self UInt64 DEFAULT self + 1
-- case: ALTER TABLE entries ADD COLUMN x Nullable(Array(String))
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x Nullable(Array(String))
-- case: ALTER TABLE entries ADD COLUMN x LowCardinality(Decimal(9, 2))
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x LowCardinality(Decimal(9, 2))
-- case: ALTER TABLE entries ADD COLUMN x Enum8('a', 'b')
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x Enum8('a', 'b')
-- case: ALTER TABLE entries ADD COLUMN x String CODEC(Delta, ZSTD)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x String CODEC(Delta, ZSTD)
-- case: ALTER TABLE entries ADD COLUMN x Time64(3)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x Time64(3)
-- case: ALTER TABLE entries ADD COLUMN x QBit(Float32, 8)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x QBit(Float32, 8)
-- case: ALTER TABLE entries ADD COLUMN x Tuple(a UInt8, a UInt8)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x Tuple(a UInt8, a UInt8)
-- case: ALTER TABLE entries ADD COLUMN x AggregateFunction(argMax, String, DateTime)
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x AggregateFunction(argMax, String, DateTime)
-- case: ALTER TABLE entries ADD COLUMN x Geometry
-- on: ledger
-- statement
ALTER TABLE entries ADD COLUMN x Geometry
-- case: INSERT INTO archive SELECT * FROM entries
-- on: ledger
-- statement
INSERT INTO archive SELECT * FROM entries
-- case: CREATE TABLE copied AS entries ENGINE = Memory
-- on: ledger
-- statement
CREATE TABLE copied AS entries ENGINE = Memory
-- case: CREATE TABLE wide (k UInt64, x SimpleAggregateFunction(sum, UInt32)) ENGINE = AggregatingMergeTree ORDER BY k
-- on: ledger
-- statement
CREATE TABLE wide (k UInt64, x SimpleAggregateFunction(sum, UInt32)) ENGINE = AggregatingMergeTree ORDER BY k
-- case: CREATE TABLE wide (k UInt64, x SimpleAggregateFunction(sum, Decimal(38, 2)), y SimpleAggregateFunction(sumWith
-- on: ledger
-- statement
CREATE TABLE wide (k UInt64, x SimpleAggregateFunction(sum, Decimal(38, 2)), y SimpleAggregateFunction(sumWithOverflow, UInt8)) ENGINE = AggregatingMergeTree ORDER BY k
-- case: CREATE TABLE wide (k UInt64, x UInt64, y SimpleAggregateFunction(max, UInt64)) ENGINE = AggregatingMergeTree O
-- on: ledger
-- statement
CREATE TABLE wide (k UInt64, x UInt64, y SimpleAggregateFunction(max, UInt64)) ENGINE = AggregatingMergeTree ORDER BY k
-- case: ALTER TABLE cells MODIFY COLUMN k UInt8
-- on: ledger
-- statement
ALTER TABLE cells MODIFY COLUMN k UInt8
-- case: ALTER TABLE archive REPLACE PARTITION (1, 209901) FROM archive
-- on: ledger
-- statement
ALTER TABLE archive REPLACE PARTITION (1, 209901) FROM archive
-- case: INSERT INTO names SELECT id, payload, at, at FROM entries
-- on: ledger
-- statement
INSERT INTO names SELECT id, payload, at, at FROM entries
