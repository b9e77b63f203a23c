-- schema: creates
CREATE TABLE src (id UInt64, at DateTime, v Float64, s String) ENGINE = MergeTree ORDER BY id;
INSERT INTO src VALUES (1, '2026-01-01 00:00:00', 1, 'a');
CREATE TABLE tgt (id UInt64, total Float64) ENGINE = SummingMergeTree ORDER BY id;
-- case: CREATE TABLE src (id UInt64) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE src (id UInt64) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE IF NOT EXISTS src (id UInt64, at DateTime, v Float64, s String) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE IF NOT EXISTS src (id UInt64, at DateTime, v Float64, s String) ENGINE = MergeTree ORDER BY id
-- case: CREATE OR REPLACE TABLE src (id UInt64) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE OR REPLACE TABLE src (id UInt64) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY nope
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY nope
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY nofn(id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY nofn(id)
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY rand()
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY rand()
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY (id, id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY (id, id)
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY 1
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY 1
-- case: CREATE TABLE a (id Nullable(UInt64)) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id Nullable(UInt64)) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id Nullable(UInt64)) ENGINE = MergeTree ORDER BY id SETTINGS allow_nullable_key = 1
-- on: creates
-- statement
CREATE TABLE a (id Nullable(UInt64)) ENGINE = MergeTree ORDER BY id SETTINGS allow_nullable_key = 1
-- case: CREATE TABLE a (id UInt64, j JSON) ENGINE = MergeTree ORDER BY j
-- on: creates
-- statement
CREATE TABLE a (id UInt64, j JSON) ENGINE = MergeTree ORDER BY j
-- case: CREATE TABLE a (id UInt64, f Float64) ENGINE = MergeTree PARTITION BY f ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, f Float64) ENGINE = MergeTree PARTITION BY f ORDER BY id
-- case: CREATE TABLE a (id UInt64, s AggregateFunction(sum, UInt64)) ENGINE = MergeTree ORDER BY s
-- on: creates
-- statement
CREATE TABLE a (id UInt64, s AggregateFunction(sum, UInt64)) ENGINE = MergeTree ORDER BY s
-- case: CREATE TABLE a (id UInt64, m Map(String, String)) ENGINE = MergeTree ORDER BY m
-- on: creates
-- statement
CREATE TABLE a (id UInt64, m Map(String, String)) ENGINE = MergeTree ORDER BY m
-- case: CREATE TABLE a (id UInt64, m Array(String)) ENGINE = MergeTree ORDER BY m
-- on: creates
-- statement
CREATE TABLE a (id UInt64, m Array(String)) ENGINE = MergeTree ORDER BY m
-- case: CREATE TABLE a (id UInt64, d Dynamic) ENGINE = MergeTree ORDER BY d
-- on: creates
-- statement
CREATE TABLE a (id UInt64, d Dynamic) ENGINE = MergeTree ORDER BY d
-- case: CREATE TABLE a (id UInt64, d Variant(String, UInt8)) ENGINE = MergeTree ORDER BY d
-- on: creates
-- statement
CREATE TABLE a (id UInt64, d Variant(String, UInt8)) ENGINE = MergeTree ORDER BY d
-- case: CREATE TABLE a (id UInt64, id String) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, id String) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id PRIMARY KEY (id, id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id PRIMARY KEY (id, id)
-- case: CREATE TABLE a (id UInt64, b UInt8) ENGINE = MergeTree ORDER BY id PRIMARY KEY b
-- on: creates
-- statement
CREATE TABLE a (id UInt64, b UInt8) ENGINE = MergeTree ORDER BY id PRIMARY KEY b
-- case: CREATE TABLE a (id UInt64, b UInt8) ENGINE = MergeTree ORDER BY (id, b) SAMPLE BY b
-- on: creates
-- statement
CREATE TABLE a (id UInt64, b UInt8) ENGINE = MergeTree ORDER BY (id, b) SAMPLE BY b
-- case: CREATE TABLE a (id UInt64, b String) ENGINE = MergeTree ORDER BY (id, b) SAMPLE BY b
-- on: creates
-- statement
CREATE TABLE a (id UInt64, b String) ENGINE = MergeTree ORDER BY (id, b) SAMPLE BY b
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SAMPLE BY intHash32(id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SAMPLE BY intHash32(id)
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS nope = 1
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS nope = 1
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 0
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 0
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 'x'
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 'x'
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree(id, id, 8192)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree(id, id, 8192)
-- case: CREATE TABLE a (d Date, id UInt64) ENGINE = MergeTree(d, id, 8192)
-- on: creates
-- statement
CREATE TABLE a (d Date, id UInt64) ENGINE = MergeTree(d, id, 8192)
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(nope) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(nope) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v String) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v String) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v Nullable(UInt8)) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v Nullable(UInt8)) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8, d UInt16) ENGINE = ReplacingMergeTree(v, d) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8, d UInt16) ENGINE = ReplacingMergeTree(v, d) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(v, v, v) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(v, v, v) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v Float64) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v Float64) ENGINE = ReplacingMergeTree(v) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(id) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = ReplacingMergeTree(id) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v String) ENGINE = SummingMergeTree(v) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v String) ENGINE = SummingMergeTree(v) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = SummingMergeTree(id) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = SummingMergeTree(id) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v String) ENGINE = SummingMergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v String) ENGINE = SummingMergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = SummingMergeTree((v, nope)) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = SummingMergeTree((v, nope)) ORDER BY id
-- case: CREATE TABLE a (id UInt64, sign UInt8) ENGINE = CollapsingMergeTree(sign) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, sign UInt8) ENGINE = CollapsingMergeTree(sign) ORDER BY id
-- case: CREATE TABLE a (id UInt64, sign Int8) ENGINE = CollapsingMergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, sign Int8) ENGINE = CollapsingMergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64, sign Int8, ver UInt8) ENGINE = VersionedCollapsingMergeTree(sign, ver) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, sign Int8, ver UInt8) ENGINE = VersionedCollapsingMergeTree(sign, ver) ORDER BY id
-- case: CREATE TABLE a (id UInt64, sign Int8, ver String) ENGINE = VersionedCollapsingMergeTree(sign, ver) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, sign Int8, ver String) ENGINE = VersionedCollapsingMergeTree(sign, ver) ORDER BY id
-- case: CREATE TABLE a (id UInt64, sign Int8) ENGINE = VersionedCollapsingMergeTree(sign) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, sign Int8) ENGINE = VersionedCollapsingMergeTree(sign) ORDER BY id
-- case: CREATE TABLE a (id UInt64, m AggregateFunction(max, UInt8), p UInt8) ENGINE = AggregatingMergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, m AggregateFunction(max, UInt8), p UInt8) ENGINE = AggregatingMergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = AggregatingMergeTree(id) ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = AggregatingMergeTree(id) ORDER BY id
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = CoalescingMergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = CoalescingMergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = Memory ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Memory ORDER BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = Log PARTITION BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Log PARTITION BY id
-- case: CREATE TABLE a (id UInt64) ENGINE = TinyLog SETTINGS index_granularity = 1
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = TinyLog SETTINGS index_granularity = 1
-- case: CREATE TABLE a (id UInt64) ENGINE = Null
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Null
-- case: CREATE TABLE a (id UInt64) ENGINE = Null('x')
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Null('x')
-- case: CREATE TABLE a (id UInt64) ENGINE = Set
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Set
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT, id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT, id)
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT, nope)
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT, nope)
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(SOME, LEFT, id)
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(SOME, LEFT, id)
-- case: CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT)
-- on: creates
-- statement
CREATE TABLE a (id UInt64, v UInt8) ENGINE = Join(ANY, LEFT)
-- case: CREATE TABLE a AS src ENGINE = Buffer(app, src, 1, 10, 100, 10, 100, 10, 100)
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Buffer(app, src, 1, 10, 100, 10, 100, 10, 100)
-- case: CREATE TABLE a AS src ENGINE = Buffer(app, src, 1, 10)
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Buffer(app, src, 1, 10)
-- case: CREATE TABLE a (id UInt64) ENGINE = Buffer(app, nowhere, 1, 10, 100, 10, 100, 10, 100)
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = Buffer(app, nowhere, 1, 10, 100, 10, 100, 10, 100)
-- case: CREATE TABLE a AS src ENGINE = Merge(app, '^s')
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Merge(app, '^s')
-- case: CREATE TABLE a AS src ENGINE = Merge(app)
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Merge(app)
-- case: CREATE TABLE a (x UInt8) ENGINE = Merge(app, '^nothing$')
-- on: creates
-- statement
CREATE TABLE a (x UInt8) ENGINE = Merge(app, '^nothing$')
-- case: CREATE TABLE a AS src ENGINE = Distributed(nocluster)
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Distributed(nocluster)
-- case: CREATE TABLE a AS nowhere
-- on: creates
-- statement
CREATE TABLE a AS nowhere
-- case: CREATE TABLE a AS src
-- on: creates
-- statement
CREATE TABLE a AS src
-- case: CREATE TABLE a AS src ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a AS src ENGINE = Memory
-- case: CREATE TABLE a CLONE AS src
-- on: creates
-- statement
CREATE TABLE a CLONE AS src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT id, v FROM src
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT id, v FROM src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT nope FROM src
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT nope FROM src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT nofn(id) AS id FROM src
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT nofn(id) AS id FROM src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY x AS SELECT id FROM src
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY x AS SELECT id FROM src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id EMPTY AS SELECT id FROM src
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id EMPTY AS SELECT id FROM src
-- case: CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id AS SELECT id, v FROM src
-- on: creates
-- statement
CREATE TABLE a (id UInt64) ENGINE = MergeTree ORDER BY id AS SELECT id, v FROM src
-- case: CREATE TABLE a (id UInt8) ENGINE = MergeTree ORDER BY id AS SELECT id FROM src
-- on: creates
-- statement
CREATE TABLE a (id UInt8) ENGINE = MergeTree ORDER BY id AS SELECT id FROM src
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT * FROM nowhere
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id AS SELECT * FROM nowhere
-- case: CREATE TABLE nodb.a (id UInt8) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE nodb.a (id UInt8) ENGINE = Memory
-- case: CREATE TEMPORARY TABLE a (id UInt8)
-- on: creates
-- statement
CREATE TEMPORARY TABLE a (id UInt8)
-- case: CREATE TABLE a (id UInt8 DEFAULT nofn()) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8 DEFAULT nofn()) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8 DEFAULT b, b UInt8 DEFAULT id) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8 DEFAULT b, b UInt8 DEFAULT id) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8 ALIAS nope) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8 ALIAS nope) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8, t DateTime TTL t + INTERVAL 1 DAY) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, t DateTime TTL t + INTERVAL 1 DAY) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, t DateTime) ENGINE = MergeTree ORDER BY id TTL t + INTERVAL 1 DAY
-- on: creates
-- statement
CREATE TABLE a (id UInt8, t DateTime) ENGINE = MergeTree ORDER BY id TTL t + INTERVAL 1 DAY
-- case: CREATE TABLE a (id UInt8, t DateTime) ENGINE = MergeTree ORDER BY id TTL id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, t DateTime) ENGINE = MergeTree ORDER BY id TTL id
-- case: CREATE TABLE a (id UInt8, t DateTime) ENGINE = Memory TTL t + INTERVAL 1 DAY
-- on: creates
-- statement
CREATE TABLE a (id UInt8, t DateTime) ENGINE = Memory TTL t + INTERVAL 1 DAY
-- case: CREATE TABLE a (id UInt8, t DateTime TTL t + INTERVAL 1 DAY) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8, t DateTime TTL t + INTERVAL 1 DAY) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8 CODEC(ZSTD)) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8 CODEC(ZSTD)) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8, INDEX i id TYPE minmax) ENGINE = Memory
-- on: creates
-- statement
CREATE TABLE a (id UInt8, INDEX i id TYPE minmax) ENGINE = Memory
-- case: CREATE TABLE a (id UInt8, INDEX i nope TYPE minmax) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, INDEX i nope TYPE minmax) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, INDEX i id TYPE minmax, INDEX i id TYPE minmax) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, INDEX i id TYPE minmax, INDEX i id TYPE minmax) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, PROJECTION p (SELECT nope ORDER BY id)) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, PROJECTION p (SELECT nope ORDER BY id)) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT sum(v) GROUP BY id)) ENGINE = ReplacingMergeTree ORDER
-- on: creates
-- statement
CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT sum(v) GROUP BY id)) ENGINE = ReplacingMergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT id, v)) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT id, v)) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT id, v WHERE v > 1 ORDER BY v)) ENGINE = MergeTree ORDE
-- on: creates
-- statement
CREATE TABLE a (id UInt8, v UInt8, PROJECTION p (SELECT id, v WHERE v > 1 ORDER BY v)) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, CONSTRAINT c CHECK nope > 1) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8, CONSTRAINT c CHECK nope > 1) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8 STATISTICS(tdigest)) ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a (id UInt8 STATISTICS(tdigest)) ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (id UInt8, e Enum8('a')) ENGINE = MergeTree ORDER BY e
-- on: creates
-- statement
CREATE TABLE a (id UInt8, e Enum8('a')) ENGINE = MergeTree ORDER BY e
-- case: CREATE TABLE a (id UInt8 COMMENT 'x') ENGINE = MergeTree ORDER BY id COMMENT 'y'
-- on: creates
-- statement
CREATE TABLE a (id UInt8 COMMENT 'x') ENGINE = MergeTree ORDER BY id COMMENT 'y'
-- case: CREATE TABLE a ENGINE = MergeTree ORDER BY id
-- on: creates
-- statement
CREATE TABLE a ENGINE = MergeTree ORDER BY id
-- case: CREATE TABLE a (n Nested(x UInt8, y Array(String))) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (n Nested(x UInt8, y Array(String))) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x FixedString(16), y Int256, z Bool, w BFloat16) ENGINE = MergeTree ORDER BY x
-- on: creates
-- statement
CREATE TABLE a (x FixedString(16), y Int256, z Bool, w BFloat16) ENGINE = MergeTree ORDER BY x
-- case: CREATE TABLE a (x Ring, y Polygon) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x Ring, y Polygon) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x Tuple(a UInt8, a String)) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x Tuple(a UInt8, a String)) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x Interval) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x Interval) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x IntervalDay) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x IntervalDay) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x Object('json')) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x Object('json')) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x Decimal) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x Decimal) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x DateTime64(3, 'Nowhere/City')) ENGINE = MergeTree ORDER BY tuple()
-- on: creates
-- statement
CREATE TABLE a (x DateTime64(3, 'Nowhere/City')) ENGINE = MergeTree ORDER BY tuple()
-- case: CREATE TABLE a (x BIGINT, y VARCHAR(255), z TEXT, w DOUBLE PRECISION) ENGINE = MergeTree ORDER BY x
-- on: creates
-- statement
CREATE TABLE a (x BIGINT, y VARCHAR(255), z TEXT, w DOUBLE PRECISION) ENGINE = MergeTree ORDER BY x
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(v) AS total FROM src GROUP BY id
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(v) AS total FROM src GROUP BY id
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(v) AS totl FROM src GROUP BY id
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(v) AS totl FROM src GROUP BY id
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(nope) AS total FROM src GROUP BY id
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, sum(nope) AS total FROM src GROUP BY id
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, nofn(v) AS total FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, nofn(v) AS total FROM src
-- case: CREATE MATERIALIZED VIEW mv TO nowhere AS SELECT id FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO nowhere AS SELECT id FROM src
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id FROM nowhere
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id FROM nowhere
-- case: CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY id AS SELECT id FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY id AS SELECT id FROM src
-- case: CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY nope AS SELECT id FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree ORDER BY nope AS SELECT id FROM src
-- case: CREATE MATERIALIZED VIEW mv ENGINE = MergeTree AS SELECT id FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv ENGINE = MergeTree AS SELECT id FROM src
-- case: CREATE MATERIALIZED VIEW mv AS SELECT id FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv AS SELECT id FROM src
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT toString(id) AS id, s AS total FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT toString(id) AS id, s AS total FROM src
-- case: CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, [v] AS total FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv TO tgt AS SELECT id, [v] AS total FROM src
-- case: CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 HOUR TO tgt AS SELECT id, sum(v) AS total FROM src GROUP BY id
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 HOUR TO tgt AS SELECT id, sum(v) AS total FROM src GROUP BY id
-- case: CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 HOUR TO tgt AS SELECT id, sum(v) AS nope FROM src GROUP BY id
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv REFRESH EVERY 1 HOUR TO tgt AS SELECT id, sum(v) AS nope FROM src GROUP BY id
-- case: CREATE MATERIALIZED VIEW mv REFRESH AFTER 1 HOUR APPEND TO tgt AS SELECT id, v AS total FROM src
-- on: creates
-- statement
CREATE MATERIALIZED VIEW mv REFRESH AFTER 1 HOUR APPEND TO tgt AS SELECT id, v AS total FROM src
-- case: CREATE VIEW v AS SELECT id, v FROM src
-- on: creates
-- statement
CREATE VIEW v AS SELECT id, v FROM src
-- case: CREATE VIEW v AS SELECT nope FROM src
-- on: creates
-- statement
CREATE VIEW v AS SELECT nope FROM src
-- case: CREATE VIEW v AS SELECT id FROM nowhere
-- on: creates
-- statement
CREATE VIEW v AS SELECT id FROM nowhere
-- case: CREATE VIEW v (a UInt8) AS SELECT id FROM src
-- on: creates
-- statement
CREATE VIEW v (a UInt8) AS SELECT id FROM src
-- case: CREATE VIEW src AS SELECT 1
-- on: creates
-- statement
CREATE VIEW src AS SELECT 1
-- case: CREATE VIEW v AS SELECT nofn(id) FROM src
-- on: creates
-- statement
CREATE VIEW v AS SELECT nofn(id) FROM src
-- case: CREATE VIEW v AS SELECT length(s, 2) FROM src
-- on: creates
-- statement
CREATE VIEW v AS SELECT length(s, 2) FROM src
-- case: CREATE VIEW v AS SELECT sum(v), id FROM src
-- on: creates
-- statement
CREATE VIEW v AS SELECT sum(v), id FROM src
-- case: CREATE VIEW v AS SELECT id FROM src WHERE s
-- on: creates
-- statement
CREATE VIEW v AS SELECT id FROM src WHERE s
-- case: CREATE VIEW v AS SELECT id FROM src WHERE sum(v) > 1
-- on: creates
-- statement
CREATE VIEW v AS SELECT id FROM src WHERE sum(v) > 1
-- case: CREATE VIEW v AS SELECT {p:UInt8} AS x, id FROM src WHERE id = {q:UInt64}
-- on: creates
-- statement
CREATE VIEW v AS SELECT {p:UInt8} AS x, id FROM src WHERE id = {q:UInt64}
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT(
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id UInt64, nope String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FL
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, nope String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src' DB 'app')) LAYOUT(FLAT()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY nope SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(FLAT()) LIFE
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY nope SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(FLAT()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(NOPE()) LAYOUT(FLAT()) LIFETIME(10)
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(NOPE()) LAYOUT(FLAT()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(NOPE()) LIFETI
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(NOPE()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(HASHED())
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(HASHED())
-- case: CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id LAYOUT(HASHED()) LIFETIME(10)
-- on: creates
-- statement
CREATE DICTIONARY d (id UInt64, s String) PRIMARY KEY id LAYOUT(HASHED()) LIFETIME(10)
-- case: CREATE DICTIONARY d (id String, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(FLAT()) LIFETI
-- on: creates
-- statement
CREATE DICTIONARY d (id String, s String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'src')) LAYOUT(FLAT()) LIFETIME(10)
-- case: CREATE FUNCTION plus_one AS (x) -> x + 1
-- on: creates
-- statement
CREATE FUNCTION plus_one AS (x) -> x + 1
-- case: CREATE FUNCTION plus AS (x) -> x + 1
-- on: creates
-- statement
CREATE FUNCTION plus AS (x) -> x + 1
-- case: CREATE FUNCTION bad AS (x) -> nofn(x)
-- on: creates
-- statement
CREATE FUNCTION bad AS (x) -> nofn(x)
-- case: CREATE FUNCTION bad AS (x) -> bad(x)
-- on: creates
-- statement
CREATE FUNCTION bad AS (x) -> bad(x)
-- case: DROP FUNCTION nope
-- on: creates
-- statement
DROP FUNCTION nope
-- case: DROP FUNCTION IF EXISTS nope
-- on: creates
-- statement
DROP FUNCTION IF EXISTS nope
-- case: CREATE DATABASE app
-- on: creates
-- statement
CREATE DATABASE app
-- case: CREATE DATABASE IF NOT EXISTS app
-- on: creates
-- statement
CREATE DATABASE IF NOT EXISTS app
-- case: DROP DATABASE nope
-- on: creates
-- statement
DROP DATABASE nope
-- case: DROP DATABASE IF EXISTS nope
-- on: creates
-- statement
DROP DATABASE IF EXISTS nope
-- case: SELECT nofn(1)
-- on: creates
-- statement
SELECT nofn(1)
-- case: SELECT nope FROM src
-- on: creates
-- statement
SELECT nope FROM src
-- case: SELECT 1 SETTINGS nope = 1
-- on: creates
-- statement
SELECT 1 SETTINGS nope = 1
-- case: SELECT 1 SETTINGS max_threads = 'x'
-- on: creates
-- statement
SELECT 1 SETTINGS max_threads = 'x'
-- case: SET nope = 1
-- on: creates
-- statement
SET nope = 1
-- case: SET max_threads = 2
-- on: creates
-- statement
SET max_threads = 2
-- case: SET max_threads = 'abc'
-- on: creates
-- statement
SET max_threads = 'abc'
-- case: INSERT INTO tgt SELECT id, v FROM src
-- on: creates
-- statement
INSERT INTO tgt SELECT id, v FROM src
-- case: INSERT INTO tgt SELECT id FROM src
-- on: creates
-- statement
INSERT INTO tgt SELECT id FROM src
-- case: INSERT INTO tgt (id, nope) SELECT id, v FROM src
-- on: creates
-- statement
INSERT INTO tgt (id, nope) SELECT id, v FROM src
-- case: INSERT INTO tgt SELECT id, v, s FROM src
-- on: creates
-- statement
INSERT INTO tgt SELECT id, v, s FROM src
-- case: INSERT INTO tgt SELECT * FROM src
-- on: creates
-- statement
INSERT INTO tgt SELECT * FROM src
-- case: INSERT INTO nowhere SELECT 1
-- on: creates
-- statement
INSERT INTO nowhere SELECT 1
-- case: INSERT INTO tgt VALUES (1, 2)
-- on: creates
-- statement
INSERT INTO tgt VALUES (1, 2)
-- case: INSERT INTO tgt VALUES (1, 2, 3)
-- on: creates
-- statement
INSERT INTO tgt VALUES (1, 2, 3)
-- case: INSERT INTO tgt VALUES (1)
-- on: creates
-- statement
INSERT INTO tgt VALUES (1)
-- case: INSERT INTO tgt (id, id) VALUES (1, 2)
-- on: creates
-- statement
INSERT INTO tgt (id, id) VALUES (1, 2)
-- case: INSERT INTO tgt SELECT nofn(id), v FROM src
-- on: creates
-- statement
INSERT INTO tgt SELECT nofn(id), v FROM src
