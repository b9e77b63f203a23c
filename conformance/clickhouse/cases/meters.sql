-- schema: meters
CREATE TABLE readings (
  k UInt64, site LowCardinality(String), meter Nullable(UInt32), at DateTime('Europe/Berlin'), fine DateTime64(6, 'UTC'), day Date32,
  kwh Float64, price Decimal(18, 4), temp Nullable(Int16), flags UInt8, state Enum8('ok' = 1, 'warn' = 2, 'down' = 3), wide_state Nullable(Enum16('ok' = 1, 'odd' = 500)),
  tags Array(LowCardinality(String)), hist Array(Nullable(Int32)), attrs Map(LowCardinality(String), String), nums Map(String, UInt64),
  loc Tuple(lat Float64, lon Float64), host IPv4, host6 IPv6, uid UUID, code FixedString(8), note String, raw Nullable(String), numeric String,
  j JSON, dyn Dynamic, var Variant(String, UInt64), big Int256, unsig UInt64, ok Bool,
  lines Nested(sku String, qty UInt16),
  calc UInt64 MATERIALIZED k * 2, shown String ALIAS upper(note), eph String EPHEMERAL,
  CONSTRAINT positive CHECK kwh >= 0,
  INDEX by_note note TYPE tokenbf_v1(512, 3, 0) GRANULARITY 1, INDEX by_unsig unsig TYPE minmax,
  PROJECTION by_site (SELECT site, sum(kwh), count() GROUP BY site)
) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (site, k) SETTINGS min_bytes_for_wide_part = 0, index_granularity = 8192;
INSERT INTO readings (k, site, meter, at, fine, day, kwh, price, temp, flags, state, wide_state, tags, hist, attrs, nums, loc, host, host6, uid, code, note, raw, numeric, j, dyn, var, big, unsig, ok, lines.sku, lines.qty) VALUES
 (1, 'a', 7, '2026-05-01 10:00:00', '2026-05-01 10:00:00.123456', '2026-05-01', 1.5, 10.2500, -5, 0, 'ok', 'ok', ['x','y'], [1, NULL], {'a':'1'}, {'n': 5}, (1.5, 2.5), '10.0.0.1', '::1', '61f0c404-5cb3-11e7-907b-a6006ad3dba0', 'abc', 'hello', 'r', '12', '{"a": 1}', 5, 'text', 5, 5, true, ['s'], [300]),
 (2, 'b', NULL, '2026-05-02 23:59:59', '2026-05-02 23:59:59.000001', '1905-01-01', 0.1, -3.1234, NULL, 255, 'down', NULL, [], [], {}, {}, (0, 0), '0.0.0.0', '2001:db8::1', '00000000-0000-0000-0000-000000000000', 'abcdefgh', '', NULL, 'abc', '{}', 'x', 18446744073709551615, -170141183460469231731687303715884105729, 18446744073709551615, false, [], []);
OPTIMIZE TABLE readings FINAL;
-- case: ALTER TABLE readings MODIFY COLUMN temp Int16
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN temp Int16
-- case: ALTER TABLE readings MODIFY COLUMN temp Int16 DEFAULT -1
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN temp Int16 DEFAULT -1
-- case: ALTER TABLE readings MODIFY COLUMN temp Nullable(Int8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN temp Nullable(Int8)
-- case: ALTER TABLE readings MODIFY COLUMN meter UInt32 DEFAULT 99
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN meter UInt32 DEFAULT 99
-- case: ALTER TABLE readings MODIFY COLUMN hist Array(Int32)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN hist Array(Int32)
-- case: ALTER TABLE readings MODIFY COLUMN hist Array(Nullable(Int8))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN hist Array(Nullable(Int8))
-- case: ALTER TABLE readings MODIFY COLUMN tags Array(String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN tags Array(String)
-- case: ALTER TABLE readings MODIFY COLUMN tags String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN tags String
-- case: ALTER TABLE readings MODIFY COLUMN tags Array(Enum8('x' = 1, 'y' = 2))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN tags Array(Enum8('x' = 1, 'y' = 2))
-- case: ALTER TABLE readings MODIFY COLUMN tags Array(Enum8('x' = 1))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN tags Array(Enum8('x' = 1))
-- case: ALTER TABLE readings MODIFY COLUMN attrs Map(String, String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN attrs Map(String, String)
-- case: ALTER TABLE readings MODIFY COLUMN attrs Map(String, UInt8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN attrs Map(String, UInt8)
-- case: ALTER TABLE readings MODIFY COLUMN nums Map(String, UInt8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN nums Map(String, UInt8)
-- case: ALTER TABLE readings MODIFY COLUMN nums Map(LowCardinality(String), Int64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN nums Map(LowCardinality(String), Int64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float32, lon Float32)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float32, lon Float32)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float64, lon Float64, alt Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float64, lon Float64, alt Float64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(latitude Float64, longitude Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(latitude Float64, longitude Float64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(lon Float64, lat Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(lon Float64, lat Float64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(Float64, Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(Float64, Float64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Tuple(lat Float64)
-- case: ALTER TABLE readings MODIFY COLUMN loc Point
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN loc Point
-- case: ALTER TABLE readings MODIFY COLUMN host UInt32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host UInt32
-- case: ALTER TABLE readings MODIFY COLUMN host IPv6
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host IPv6
-- case: ALTER TABLE readings MODIFY COLUMN host6 IPv4
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host6 IPv4
-- case: ALTER TABLE readings MODIFY COLUMN host String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host String
-- case: ALTER TABLE readings MODIFY COLUMN host6 FixedString(16)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host6 FixedString(16)
-- case: ALTER TABLE readings MODIFY COLUMN uid String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN uid String
-- case: ALTER TABLE readings MODIFY COLUMN uid Nullable(UUID)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN uid Nullable(UUID)
-- case: ALTER TABLE readings MODIFY COLUMN uid FixedString(36)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN uid FixedString(36)
-- case: ALTER TABLE readings MODIFY COLUMN code String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN code String
-- case: ALTER TABLE readings MODIFY COLUMN code FixedString(4)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN code FixedString(4)
-- case: ALTER TABLE readings MODIFY COLUMN code FixedString(16)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN code FixedString(16)
-- case: ALTER TABLE readings MODIFY COLUMN code UInt64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN code UInt64
-- case: ALTER TABLE readings MODIFY COLUMN note FixedString(5)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note FixedString(5)
-- case: ALTER TABLE readings MODIFY COLUMN note FixedString(3)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note FixedString(3)
-- case: ALTER TABLE readings MODIFY COLUMN note LowCardinality(Nullable(String))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note LowCardinality(Nullable(String))
-- case: ALTER TABLE readings MODIFY COLUMN note JSON
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note JSON
-- case: ALTER TABLE readings MODIFY COLUMN note Dynamic
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note Dynamic
-- case: ALTER TABLE readings MODIFY COLUMN note Variant(String, UInt64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note Variant(String, UInt64)
-- case: ALTER TABLE readings MODIFY COLUMN note Array(String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note Array(String)
-- case: ALTER TABLE readings MODIFY COLUMN raw String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw String
-- case: ALTER TABLE readings MODIFY COLUMN raw LowCardinality(String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw LowCardinality(String)
-- case: ALTER TABLE readings MODIFY COLUMN raw Dynamic
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw Dynamic
-- case: ALTER TABLE readings MODIFY COLUMN numeric UInt8
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN numeric UInt8
-- case: ALTER TABLE readings MODIFY COLUMN numeric Nullable(UInt8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN numeric Nullable(UInt8)
-- case: ALTER TABLE readings MODIFY COLUMN numeric Decimal(9, 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN numeric Decimal(9, 2)
-- case: ALTER TABLE readings MODIFY COLUMN numeric DateTime
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN numeric DateTime
-- case: ALTER TABLE readings MODIFY COLUMN j String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j String
-- case: ALTER TABLE readings MODIFY COLUMN j JSON(a UInt8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j JSON(a UInt8)
-- case: ALTER TABLE readings MODIFY COLUMN j JSON(max_dynamic_paths = 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j JSON(max_dynamic_paths = 2)
-- case: ALTER TABLE readings MODIFY COLUMN j JSON(SKIP a)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j JSON(SKIP a)
-- case: ALTER TABLE readings MODIFY COLUMN j Map(String, String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j Map(String, String)
-- case: ALTER TABLE readings MODIFY COLUMN j Nullable(JSON)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j Nullable(JSON)
-- case: ALTER TABLE readings MODIFY COLUMN dyn String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN dyn String
-- case: ALTER TABLE readings MODIFY COLUMN dyn UInt64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN dyn UInt64
-- case: ALTER TABLE readings MODIFY COLUMN dyn Nullable(UInt64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN dyn Nullable(UInt64)
-- case: ALTER TABLE readings MODIFY COLUMN dyn Variant(String, Int64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN dyn Variant(String, Int64)
-- case: ALTER TABLE readings MODIFY COLUMN dyn Dynamic(max_types = 3)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN dyn Dynamic(max_types = 3)
-- case: ALTER TABLE readings MODIFY COLUMN var Variant(String, UInt64, Date)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var Variant(String, UInt64, Date)
-- case: ALTER TABLE readings MODIFY COLUMN var Variant(String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var Variant(String)
-- case: ALTER TABLE readings MODIFY COLUMN var String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var String
-- case: ALTER TABLE readings MODIFY COLUMN var Nullable(UInt64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var Nullable(UInt64)
-- case: ALTER TABLE readings MODIFY COLUMN var Dynamic
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var Dynamic
-- case: ALTER TABLE readings MODIFY COLUMN big Int128
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN big Int128
-- case: ALTER TABLE readings MODIFY COLUMN big Int64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN big Int64
-- case: ALTER TABLE readings MODIFY COLUMN big UInt256
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN big UInt256
-- case: ALTER TABLE readings MODIFY COLUMN big Decimal(76, 0)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN big Decimal(76, 0)
-- case: ALTER TABLE readings MODIFY COLUMN big Float64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN big Float64
-- case: ALTER TABLE readings MODIFY COLUMN unsig Int64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig Int64
-- case: ALTER TABLE readings MODIFY COLUMN unsig UInt32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig UInt32
-- case: ALTER TABLE readings MODIFY COLUMN unsig Float64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig Float64
-- case: ALTER TABLE readings MODIFY COLUMN unsig String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig String
-- case: ALTER TABLE readings MODIFY COLUMN ok UInt8
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN ok UInt8
-- case: ALTER TABLE readings MODIFY COLUMN ok Int8
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN ok Int8
-- case: ALTER TABLE readings MODIFY COLUMN ok String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN ok String
-- case: ALTER TABLE readings MODIFY COLUMN ok Enum8('false' = 0, 'true' = 1)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN ok Enum8('false' = 0, 'true' = 1)
-- case: ALTER TABLE readings MODIFY COLUMN flags Bool
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN flags Bool
-- case: ALTER TABLE readings MODIFY COLUMN flags Enum8('none' = 0)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN flags Enum8('none' = 0)
-- case: ALTER TABLE readings MODIFY COLUMN flags Int8
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN flags Int8
-- case: ALTER TABLE readings MODIFY COLUMN flags Nullable(Int16)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN flags Nullable(Int16)
-- case: ALTER TABLE readings MODIFY COLUMN state Enum8('ok' = 1, 'warn' = 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state Enum8('ok' = 1, 'warn' = 2)
-- case: ALTER TABLE readings MODIFY COLUMN state Enum8('ok' = 1, 'warn' = 3, 'down' = 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state Enum8('ok' = 1, 'warn' = 3, 'down' = 2)
-- case: ALTER TABLE readings MODIFY COLUMN state Enum8('fine' = 1, 'warn' = 2, 'down' = 3)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state Enum8('fine' = 1, 'warn' = 2, 'down' = 3)
-- case: ALTER TABLE readings MODIFY COLUMN state Enum16('ok' = 1, 'warn' = 2, 'down' = 3)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state Enum16('ok' = 1, 'warn' = 2, 'down' = 3)
-- case: ALTER TABLE readings MODIFY COLUMN state LowCardinality(String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state LowCardinality(String)
-- case: ALTER TABLE readings MODIFY COLUMN state UInt8
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state UInt8
-- case: ALTER TABLE readings MODIFY COLUMN state Nullable(Enum8('ok' = 1, 'warn' = 2, 'down' = 3))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN state Nullable(Enum8('ok' = 1, 'warn' = 2, 'down' = 3))
-- case: ALTER TABLE readings MODIFY COLUMN wide_state Enum16('ok' = 1, 'odd' = 500)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN wide_state Enum16('ok' = 1, 'odd' = 500)
-- case: ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum8('ok' = 1))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum8('ok' = 1))
-- case: ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('ok' = 1, 'odd' = 500, 'new' = 501))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('ok' = 1, 'odd' = 500, 'new' = 501))
-- case: ALTER TABLE readings MODIFY COLUMN at DateTime('UTC')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN at DateTime('UTC')
-- case: ALTER TABLE readings MODIFY COLUMN at DateTime64(3, 'Europe/Berlin')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN at DateTime64(3, 'Europe/Berlin')
-- case: ALTER TABLE readings MODIFY COLUMN at Date
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN at Date
-- case: ALTER TABLE readings MODIFY COLUMN fine DateTime64(3, 'UTC')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine DateTime64(3, 'UTC')
-- case: ALTER TABLE readings MODIFY COLUMN fine DateTime64(9, 'UTC')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine DateTime64(9, 'UTC')
-- case: ALTER TABLE readings MODIFY COLUMN fine DateTime('UTC')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine DateTime('UTC')
-- case: ALTER TABLE readings MODIFY COLUMN fine DateTime64(6, 'Asia/Tokyo')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine DateTime64(6, 'Asia/Tokyo')
-- case: ALTER TABLE readings MODIFY COLUMN fine String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine String
-- case: ALTER TABLE readings MODIFY COLUMN fine Date
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN fine Date
-- case: ALTER TABLE readings MODIFY COLUMN day Date
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN day Date
-- case: ALTER TABLE readings MODIFY COLUMN day DateTime
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN day DateTime
-- case: ALTER TABLE readings MODIFY COLUMN day DateTime64(3)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN day DateTime64(3)
-- case: ALTER TABLE readings MODIFY COLUMN day Int32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN day Int32
-- case: ALTER TABLE readings MODIFY COLUMN kwh Float32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh Float32
-- case: ALTER TABLE readings MODIFY COLUMN kwh BFloat16
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh BFloat16
-- case: ALTER TABLE readings MODIFY COLUMN kwh Decimal(18, 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh Decimal(18, 2)
-- case: ALTER TABLE readings MODIFY COLUMN kwh UInt32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh UInt32
-- case: ALTER TABLE readings MODIFY COLUMN kwh Nullable(Float64)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh Nullable(Float64)
-- case: ALTER TABLE readings MODIFY COLUMN price Decimal(18, 2)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price Decimal(18, 2)
-- case: ALTER TABLE readings MODIFY COLUMN price Decimal(38, 4)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price Decimal(38, 4)
-- case: ALTER TABLE readings MODIFY COLUMN price Decimal(9, 4)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price Decimal(9, 4)
-- case: ALTER TABLE readings MODIFY COLUMN price Float64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price Float64
-- case: ALTER TABLE readings MODIFY COLUMN price Int64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price Int64
-- case: ALTER TABLE readings MODIFY COLUMN price String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN price String
-- case: ALTER TABLE readings MODIFY COLUMN lines.qty Array(UInt8)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN lines.qty Array(UInt8)
-- case: ALTER TABLE readings MODIFY COLUMN lines.qty Array(UInt32)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN lines.qty Array(UInt32)
-- case: ALTER TABLE readings MODIFY COLUMN lines.qty UInt16
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN lines.qty UInt16
-- case: ALTER TABLE readings MODIFY COLUMN lines Nested(sku String, qty UInt32)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN lines Nested(sku String, qty UInt32)
-- case: ALTER TABLE readings ADD COLUMN lines.tax Array(Decimal(9, 2)) DEFAULT arrayMap(x -> 0.2, lines.qty)
-- on: meters
-- statement
ALTER TABLE readings ADD COLUMN lines.tax Array(Decimal(9, 2)) DEFAULT arrayMap(x -> 0.2, lines.qty)
-- case: ALTER TABLE readings DROP COLUMN lines.qty
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN lines.qty
-- case: ALTER TABLE readings RENAME COLUMN lines.qty TO lines.quantity
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN lines.qty TO lines.quantity
-- case: ALTER TABLE readings RENAME COLUMN lines.qty TO quantity
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN lines.qty TO quantity
-- case: ALTER TABLE readings RENAME COLUMN note TO remark
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN note TO remark
-- case: ALTER TABLE readings RENAME COLUMN kwh TO energy
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN kwh TO energy
-- case: ALTER TABLE readings RENAME COLUMN raw TO source
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN raw TO source
-- case: ALTER TABLE readings RENAME COLUMN site TO place
-- on: meters
-- statement
ALTER TABLE readings RENAME COLUMN site TO place
-- case: ALTER TABLE readings DROP COLUMN note
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN note
-- case: ALTER TABLE readings DROP COLUMN kwh
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN kwh
-- case: ALTER TABLE readings DROP COLUMN k
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN k
-- case: ALTER TABLE readings DROP COLUMN calc
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN calc
-- case: ALTER TABLE readings DROP COLUMN shown
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN shown
-- case: ALTER TABLE readings DROP COLUMN eph
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN eph
-- case: ALTER TABLE readings DROP COLUMN raw, DROP COLUMN numeric
-- on: meters
-- statement
ALTER TABLE readings DROP COLUMN raw, DROP COLUMN numeric
-- case: ALTER TABLE readings MODIFY COLUMN calc UInt64 DEFAULT k * 3
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN calc UInt64 DEFAULT k * 3
-- case: ALTER TABLE readings MODIFY COLUMN calc UInt64 MATERIALIZED k * 3
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN calc UInt64 MATERIALIZED k * 3
-- case: ALTER TABLE readings MODIFY COLUMN calc UInt32
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN calc UInt32
-- case: ALTER TABLE readings MODIFY COLUMN calc REMOVE MATERIALIZED
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN calc REMOVE MATERIALIZED
-- case: ALTER TABLE readings MODIFY COLUMN shown String MATERIALIZED upper(note)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN shown String MATERIALIZED upper(note)
-- case: ALTER TABLE readings MODIFY COLUMN raw String ALIAS note
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw String ALIAS note
-- case: ALTER TABLE readings MODIFY COLUMN eph String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN eph String
-- case: ALTER TABLE readings MATERIALIZE COLUMN calc
-- on: meters
-- statement
ALTER TABLE readings MATERIALIZE COLUMN calc
-- case: ALTER TABLE readings MATERIALIZE COLUMN shown
-- on: meters
-- statement
ALTER TABLE readings MATERIALIZE COLUMN shown
-- case: ALTER TABLE readings MODIFY COLUMN site String
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN site String
-- case: ALTER TABLE readings MODIFY COLUMN site LowCardinality(FixedString(2))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN site LowCardinality(FixedString(2))
-- case: ALTER TABLE readings MODIFY COLUMN k UInt128
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN k UInt128
-- case: ALTER TABLE readings MODIFY COLUMN k Int64
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN k Int64
-- case: ALTER TABLE readings MODIFY COLUMN raw CODEC(ZSTD(9))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw CODEC(ZSTD(9))
-- case: ALTER TABLE readings MODIFY COLUMN kwh CODEC(Gorilla, ZSTD)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN kwh CODEC(Gorilla, ZSTD)
-- case: ALTER TABLE readings MODIFY COLUMN note CODEC(Gorilla)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note CODEC(Gorilla)
-- case: ALTER TABLE readings MODIFY COLUMN note String TTL at + INTERVAL 1 DAY
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN note String TTL at + INTERVAL 1 DAY
-- case: ALTER TABLE readings MODIFY TTL at + INTERVAL 1 DAY DELETE WHERE ok = 0
-- on: meters
-- statement
ALTER TABLE readings MODIFY TTL at + INTERVAL 1 DAY DELETE WHERE ok = 0
-- case: ALTER TABLE readings MODIFY TTL toDateTime(fine) + INTERVAL 1 MONTH RECOMPRESS CODEC(ZSTD(10))
-- on: meters
-- statement
ALTER TABLE readings MODIFY TTL toDateTime(fine) + INTERVAL 1 MONTH RECOMPRESS CODEC(ZSTD(10))
-- case: ALTER TABLE readings DROP CONSTRAINT positive
-- on: meters
-- statement
ALTER TABLE readings DROP CONSTRAINT positive
-- case: ALTER TABLE readings DROP CONSTRAINT nope
-- on: meters
-- statement
ALTER TABLE readings DROP CONSTRAINT nope
-- case: ALTER TABLE readings DROP INDEX by_note
-- on: meters
-- statement
ALTER TABLE readings DROP INDEX by_note
-- case: ALTER TABLE readings CLEAR INDEX by_note IN PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings CLEAR INDEX by_note IN PARTITION 202605
-- case: ALTER TABLE readings MATERIALIZE INDEX by_unsig
-- on: meters
-- statement
ALTER TABLE readings MATERIALIZE INDEX by_unsig
-- case: ALTER TABLE readings DROP PROJECTION by_site
-- on: meters
-- statement
ALTER TABLE readings DROP PROJECTION by_site
-- case: ALTER TABLE readings CLEAR PROJECTION by_site IN PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings CLEAR PROJECTION by_site IN PARTITION 202605
-- case: ALTER TABLE readings MATERIALIZE PROJECTION by_site
-- on: meters
-- statement
ALTER TABLE readings MATERIALIZE PROJECTION by_site
-- case: ALTER TABLE readings ADD INDEX has_tag tags TYPE bloom_filter(0.01) GRANULARITY 2
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX has_tag tags TYPE bloom_filter(0.01) GRANULARITY 2
-- case: ALTER TABLE readings ADD INDEX attr_keys mapKeys(attrs) TYPE bloom_filter
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX attr_keys mapKeys(attrs) TYPE bloom_filter
-- case: ALTER TABLE readings ADD INDEX cosine hist TYPE vector_similarity('hnsw', 'L2Distance', 2)
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX cosine hist TYPE vector_similarity('hnsw', 'L2Distance', 2)
-- case: ALTER TABLE readings ADD INDEX words note TYPE text(tokenizer = 'splitByNonAlpha')
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX words note TYPE text(tokenizer = 'splitByNonAlpha')
-- case: ALTER TABLE readings ADD INDEX dynidx dyn TYPE minmax
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX dynidx dyn TYPE minmax
-- case: ALTER TABLE readings ADD PROJECTION pk (SELECT _part_offset ORDER BY note)
-- on: meters
-- statement
ALTER TABLE readings ADD PROJECTION pk (SELECT _part_offset ORDER BY note)
-- case: ALTER TABLE readings ADD PROJECTION late (SELECT * ORDER BY at)
-- on: meters
-- statement
ALTER TABLE readings ADD PROJECTION late (SELECT * ORDER BY at)
-- case: ALTER TABLE readings MODIFY ORDER BY (site, k, note)
-- on: meters
-- statement
ALTER TABLE readings MODIFY ORDER BY (site, k, note)
-- case: ALTER TABLE readings ADD COLUMN seq UInt32, MODIFY ORDER BY (site, k, seq)
-- on: meters
-- statement
ALTER TABLE readings ADD COLUMN seq UInt32, MODIFY ORDER BY (site, k, seq)
-- case: ALTER TABLE readings ADD COLUMN seq UInt32 DEFAULT 5, MODIFY ORDER BY (site, k, seq)
-- on: meters
-- statement
ALTER TABLE readings ADD COLUMN seq UInt32 DEFAULT 5, MODIFY ORDER BY (site, k, seq)
-- case: ALTER TABLE readings MODIFY ORDER BY site
-- on: meters
-- statement
ALTER TABLE readings MODIFY ORDER BY site
-- case: ALTER TABLE readings MODIFY SAMPLE BY k
-- on: meters
-- statement
ALTER TABLE readings MODIFY SAMPLE BY k
-- case: ALTER TABLE readings REMOVE SAMPLE BY
-- on: meters
-- statement
ALTER TABLE readings REMOVE SAMPLE BY
-- case: ALTER TABLE readings REMOVE TTL
-- on: meters
-- statement
ALTER TABLE readings REMOVE TTL
-- case: ALTER TABLE readings MODIFY COMMENT 'meters of all sites'
-- on: meters
-- statement
ALTER TABLE readings MODIFY COMMENT 'meters of all sites'
-- case: ALTER TABLE readings COMMENT COLUMN kwh 'energy'
-- on: meters
-- statement
ALTER TABLE readings COMMENT COLUMN kwh 'energy'
-- case: ALTER TABLE readings COMMENT COLUMN IF EXISTS nope 'x'
-- on: meters
-- statement
ALTER TABLE readings COMMENT COLUMN IF EXISTS nope 'x'
-- case: ALTER TABLE readings MODIFY SETTING parts_to_throw_insert = 500
-- on: meters
-- statement
ALTER TABLE readings MODIFY SETTING parts_to_throw_insert = 500
-- case: ALTER TABLE readings MODIFY SETTING index_granularity = 1024
-- on: meters
-- statement
ALTER TABLE readings MODIFY SETTING index_granularity = 1024
-- case: ALTER TABLE readings RESET SETTING parts_to_throw_insert
-- on: meters
-- statement
ALTER TABLE readings RESET SETTING parts_to_throw_insert
-- case: ALTER TABLE readings RESET SETTING nope
-- on: meters
-- statement
ALTER TABLE readings RESET SETTING nope
-- case: ALTER TABLE readings ADD STATISTICS kwh, price TYPE tdigest, uniq
-- on: meters
-- statement
ALTER TABLE readings ADD STATISTICS kwh, price TYPE tdigest, uniq
-- case: ALTER TABLE readings ADD STATISTICS note TYPE tdigest
-- on: meters
-- statement
ALTER TABLE readings ADD STATISTICS note TYPE tdigest
-- case: ALTER TABLE readings UPDATE kwh = price WHERE 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE kwh = price WHERE 1
-- case: ALTER TABLE readings UPDATE temp = NULL WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE temp = NULL WHERE k = 1
-- case: ALTER TABLE readings UPDATE meter = meter + 1 WHERE meter IS NOT NULL
-- on: meters
-- statement
ALTER TABLE readings UPDATE meter = meter + 1 WHERE meter IS NOT NULL
-- case: ALTER TABLE readings UPDATE flags = NULL WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE flags = NULL WHERE k = 1
-- case: ALTER TABLE readings UPDATE state = 'gone' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE state = 'gone' WHERE k = 1
-- case: ALTER TABLE readings UPDATE state = 'ok' WHERE state = 'down'
-- on: meters
-- statement
ALTER TABLE readings UPDATE state = 'ok' WHERE state = 'down'
-- case: ALTER TABLE readings UPDATE tags = arrayPushBack(tags, 'z') WHERE has(tags, 'x')
-- on: meters
-- statement
ALTER TABLE readings UPDATE tags = arrayPushBack(tags, 'z') WHERE has(tags, 'x')
-- case: ALTER TABLE readings UPDATE attrs = mapUpdate(attrs, map('b', '2')) WHERE 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE attrs = mapUpdate(attrs, map('b', '2')) WHERE 1
-- case: ALTER TABLE readings UPDATE attrs['a'] = '3' WHERE 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE `attrs['a']` = '3' WHERE 1
-- case: ALTER TABLE readings UPDATE loc = (1, 2) WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE loc = (1, 2) WHERE k = 1
-- case: ALTER TABLE readings UPDATE j = '{"b": 2}' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE j = '{"b": 2}' WHERE k = 1
-- case: ALTER TABLE readings UPDATE dyn = 'y' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE dyn = 'y' WHERE k = 1
-- case: ALTER TABLE readings UPDATE var = 7 WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE var = 7 WHERE k = 1
-- case: ALTER TABLE readings UPDATE site = 'c' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE site = 'c' WHERE k = 1
-- case: ALTER TABLE readings UPDATE at = now() WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE at = now() WHERE k = 1
-- case: ALTER TABLE readings UPDATE calc = 5 WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE calc = 5 WHERE k = 1
-- case: ALTER TABLE readings UPDATE shown = 'x' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE shown = 'x' WHERE k = 1
-- case: ALTER TABLE readings UPDATE eph = 'x' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE eph = 'x' WHERE k = 1
-- case: ALTER TABLE readings UPDATE lines.qty = [5] WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE `lines.qty` = [5] WHERE k = 1
-- case: ALTER TABLE readings UPDATE code = 'toolongvalue' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE code = 'toolongvalue' WHERE k = 1
-- case: ALTER TABLE readings UPDATE uid = 'not a uuid' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE uid = 'not a uuid' WHERE k = 1
-- case: ALTER TABLE readings UPDATE host = '10.0.0.2' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE host = '10.0.0.2' WHERE k = 1
-- case: ALTER TABLE readings UPDATE host = '10.0.0.999' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE host = '10.0.0.999' WHERE k = 1
-- case: ALTER TABLE readings UPDATE numeric = 5 WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE numeric = 5 WHERE k = 1
-- case: ALTER TABLE readings UPDATE day = '2026-13-45' WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE day = '2026-13-45' WHERE k = 1
-- case: ALTER TABLE readings UPDATE kwh = -1 WHERE k = 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE kwh = -1 WHERE k = 1
-- case: ALTER TABLE readings UPDATE note = 'x' IN PARTITION 202605 WHERE 1
-- on: meters
-- statement
ALTER TABLE readings UPDATE note = 'x' IN PARTITION 202605 WHERE 1
-- case: ALTER TABLE readings DELETE WHERE NOT (temp > 0)
-- on: meters
-- statement
ALTER TABLE readings DELETE WHERE NOT (temp > 0)
-- case: ALTER TABLE readings DELETE WHERE note
-- on: meters
-- statement
ALTER TABLE readings DELETE WHERE note
-- case: ALTER TABLE readings DELETE WHERE k IN (SELECT k FROM readings WHERE ok)
-- on: meters
-- statement
ALTER TABLE readings DELETE WHERE k IN (SELECT k FROM readings WHERE ok)
-- case: ALTER TABLE readings DELETE IN PARTITION 202605 WHERE k = 2
-- on: meters
-- statement
ALTER TABLE readings DELETE IN PARTITION 202605 WHERE k = 2
-- case: ALTER TABLE readings DROP PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings DROP PARTITION 202605
-- case: ALTER TABLE readings DROP PARTITION '202605'
-- on: meters
-- statement
ALTER TABLE readings DROP PARTITION '202605'
-- case: ALTER TABLE readings DROP PARTITION 'x'
-- on: meters
-- statement
ALTER TABLE readings DROP PARTITION 'x'
-- case: ALTER TABLE readings DETACH PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings DETACH PARTITION 202605
-- case: ALTER TABLE readings FREEZE PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings FREEZE PARTITION 202605
-- case: ALTER TABLE readings FREEZE WITH NAME 'before'
-- on: meters
-- statement
ALTER TABLE readings FREEZE WITH NAME 'before'
-- case: ALTER TABLE readings CLEAR COLUMN note IN PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings CLEAR COLUMN note IN PARTITION 202605
-- case: ALTER TABLE readings CLEAR COLUMN k IN PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings CLEAR COLUMN k IN PARTITION 202605
-- case: ALTER TABLE readings CLEAR COLUMN calc IN PARTITION 202605
-- on: meters
-- statement
ALTER TABLE readings CLEAR COLUMN calc IN PARTITION 202605
-- case: ALTER TABLE readings APPLY DELETED MASK
-- on: meters
-- statement
ALTER TABLE readings APPLY DELETED MASK
-- case: DELETE FROM readings WHERE temp = -5
-- on: meters
-- statement
DELETE FROM readings WHERE temp = -5
-- case: DELETE FROM readings WHERE note LIKE 'h%' AND ok
-- on: meters
-- statement
DELETE FROM readings WHERE note LIKE 'h%' AND ok
-- case: UPDATE readings SET note = 'x' WHERE k = 1
-- on: meters
-- statement
UPDATE readings SET note = 'x' WHERE k = 1
-- case: OPTIMIZE TABLE readings FINAL
-- on: meters
-- statement
OPTIMIZE TABLE readings FINAL
-- case: OPTIMIZE TABLE readings DEDUPLICATE BY site
-- on: meters
-- statement
OPTIMIZE TABLE readings DEDUPLICATE BY site
-- case: OPTIMIZE TABLE readings PARTITION 202605 FINAL
-- on: meters
-- statement
OPTIMIZE TABLE readings PARTITION 202605 FINAL
-- case: TRUNCATE TABLE readings
-- on: meters
-- statement
TRUNCATE TABLE readings
-- case: TRUNCATE TABLE IF EXISTS nope
-- on: meters
-- statement
TRUNCATE TABLE IF EXISTS nope
-- case: ALTER TABLE readings MODIFY COLUMN hist Array(Nullable(Bool))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN hist Array(Nullable(Bool))
-- case: ALTER TABLE readings ADD INDEX nums_bloom nums TYPE bloom_filter
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX nums_bloom nums TYPE bloom_filter
-- case: ALTER TABLE readings ADD INDEX var_min var TYPE minmax
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX var_min var TYPE minmax
-- case: ALTER TABLE readings ADD INDEX price_bloom price TYPE bloom_filter
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX price_bloom price TYPE bloom_filter
-- case: ALTER TABLE readings ADD INDEX tag_words tags TYPE text(tokenizer = 'array')
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX tag_words tags TYPE text(tokenizer = 'array')
-- case: ALTER TABLE readings ADD INDEX raw_tokens raw TYPE tokenbf_v1(256, 2, 0)
-- on: meters
-- statement
ALTER TABLE readings ADD INDEX raw_tokens raw TYPE tokenbf_v1(256, 2, 0)
-- case: ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('fine' = 1, 'odd' = 500))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('fine' = 1, 'odd' = 500))
-- case: ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('ok' = 500, 'odd' = 1))
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN wide_state Nullable(Enum16('ok' = 500, 'odd' = 1))
-- case: ALTER TABLE readings MODIFY COLUMN j JSON(a String)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j JSON(a String)
-- case: ALTER TABLE readings MODIFY COLUMN j JSON(SKIP REGEXP 'b.*')
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN j JSON(SKIP REGEXP 'b.*')
-- case: ALTER TABLE readings MODIFY COLUMN raw String DEFAULT concat('r', note)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw String DEFAULT concat('r', note)
-- case: ALTER TABLE readings MODIFY COLUMN raw String DEFAULT 'none'
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN raw String DEFAULT 'none'
-- case: ALTER TABLE readings MODIFY COLUMN var UUID
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var UUID
-- case: ALTER TABLE readings MODIFY COLUMN var JSON
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN var JSON
-- case: ALTER TABLE readings MODIFY COLUMN unsig Bool
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig Bool
-- case: ALTER TABLE readings MODIFY COLUMN unsig DateTime
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN unsig DateTime
-- case: ALTER TABLE readings MODIFY COLUMN host Nullable(IPv4)
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN host Nullable(IPv4)
-- case: ALTER TABLE readings MODIFY COLUMN flags UInt8 ALIAS k
-- on: meters
-- statement
ALTER TABLE readings MODIFY COLUMN flags UInt8 ALIAS k
