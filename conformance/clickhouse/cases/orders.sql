-- schema: orders
CREATE TABLE orders (id UInt64, k UInt32 DEFAULT 1, placed DateTime64(3, 'Europe/Berlin'), customer Nullable(String), status Enum8('new' = 1, 'paid' = 2, 'void' = 3), total Decimal(18, 4), tags Array(LowCardinality(String)), attrs Map(String, String), geo Tuple(lat Float64, lon Float64), lines Nested(sku String, qty UInt16), note String CODEC(ZSTD(1)), price Float64, big UInt128, ip IPv4, uid UUID, day Date MATERIALIZED toDate(placed), total_eur Float64 ALIAS toFloat64(total), hint String EPHEMERAL 'x', INDEX i_status status TYPE set(10) GRANULARITY 1, INDEX i_note note TYPE tokenbf_v1(1024, 2, 0) GRANULARITY 2, CONSTRAINT positive CHECK total >= 0, PROJECTION by_customer (SELECT customer, sum(total) GROUP BY customer)) ENGINE = MergeTree PARTITION BY toYYYYMM(placed) ORDER BY (id, placed) SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO orders (id, placed, customer, status, total, tags, attrs, geo, lines.sku, lines.qty, note, price, big, ip, uid) VALUES (1, '2026-05-01 00:00:00.123', 'a', 'new', 12.3456, ['x','y'], {'k':'v'}, (1.5, 2.5), ['s'], [3], 'hello world', 1.1, 340282366920938463463374607431768211455, '1.2.3.4', '61f0c404-5cb3-11e7-907b-a6006ad3dba0');
INSERT INTO orders (id, placed, customer, status, total, tags, attrs, geo, lines.sku, lines.qty, note, price, big, ip, uid) VALUES (2, '2026-05-02 10:00:00', NULL, 'paid', 0, [], {}, (0, 0), [], [], '', 0, 0, '0.0.0.0', '00000000-0000-0000-0000-000000000000');
OPTIMIZE TABLE orders FINAL;
-- case: MODIFY COLUMN placed DateTime64(6, 'Europe/Berlin')
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN placed DateTime64(6, 'Europe/Berlin')
-- case: MODIFY COLUMN status Enum8('new' = 1, 'paid' = 2, 'void' = 3, 'lost' = 4)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status Enum8('new' = 1, 'paid' = 2, 'void' = 3, 'lost' = 4)
-- case: MODIFY COLUMN status Enum8('new' = 1, 'paid' = 2)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status Enum8('new' = 1, 'paid' = 2)
-- case: MODIFY COLUMN status Enum16('new' = 1, 'paid' = 2, 'void' = 3)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status Enum16('new' = 1, 'paid' = 2, 'void' = 3)
-- case: MODIFY COLUMN status String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status String
-- case: MODIFY COLUMN status LowCardinality(String)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status LowCardinality(String)
-- case: MODIFY COLUMN status Int8
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN status Int8
-- case: MODIFY COLUMN total Decimal(18, 2)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total Decimal(18, 2)
-- case: MODIFY COLUMN total Decimal(38, 4)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total Decimal(38, 4)
-- case: MODIFY COLUMN total Decimal(9, 4)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total Decimal(9, 4)
-- case: MODIFY COLUMN total Float64
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total Float64
-- case: MODIFY COLUMN tags Array(String)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN tags Array(String)
-- case: MODIFY COLUMN tags Array(Nullable(String))
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN tags Array(Nullable(String))
-- case: MODIFY COLUMN attrs Map(LowCardinality(String), String)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN attrs Map(LowCardinality(String), String)
-- case: MODIFY COLUMN attrs Map(String, Nullable(String))
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN attrs Map(String, Nullable(String))
-- case: MODIFY COLUMN attrs Map(String, UInt8)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN attrs Map(String, UInt8)
-- case: MODIFY COLUMN attrs JSON
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN attrs JSON
-- case: MODIFY COLUMN geo Tuple(lat Float32, lon Float64)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN geo Tuple(lat Float32, lon Float64)
-- case: MODIFY COLUMN geo Tuple(lat Float64, lon Float64, alt Float64)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN geo Tuple(lat Float64, lon Float64, alt Float64)
-- case: MODIFY COLUMN geo Tuple(lon Float64, lat Float64)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN geo Tuple(lon Float64, lat Float64)
-- case: MODIFY COLUMN geo String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN geo String
-- case: MODIFY COLUMN lines.qty Array(UInt8)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN lines.qty Array(UInt8)
-- case: MODIFY COLUMN lines.qty Array(UInt32)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN lines.qty Array(UInt32)
-- case: MODIFY COLUMN lines.qty UInt16
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN lines.qty UInt16
-- case: ADD COLUMN lines.price Array(Float64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN lines.price Array(Float64)
-- case: ADD COLUMN lines Nested(a String)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN lines Nested(a String)
-- case: DROP COLUMN lines
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN lines
-- case: DROP COLUMN lines.sku
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN lines.sku
-- case: RENAME COLUMN lines.sku TO lines.code
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN lines.sku TO lines.code
-- case: RENAME COLUMN lines.sku TO code
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN lines.sku TO code
-- case: MODIFY COLUMN note CODEC(LZ4HC(9))
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN note CODEC(LZ4HC(9))
-- case: MODIFY COLUMN note CODEC(Delta, ZSTD)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN note CODEC(Delta, ZSTD)
-- case: MODIFY COLUMN note CODEC(Gorilla)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN note CODEC(Gorilla)
-- case: MODIFY COLUMN note CODEC(Nope)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN note CODEC(Nope)
-- case: MODIFY COLUMN price CODEC(Gorilla, LZ4)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price CODEC(Gorilla, LZ4)
-- case: MODIFY COLUMN price CODEC(FPC)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price CODEC(FPC)
-- case: MODIFY COLUMN price CODEC(DoubleDelta)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price CODEC(DoubleDelta)
-- case: MODIFY COLUMN price Nullable(Float64) DEFAULT 0 CODEC(ZSTD(3))
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price Nullable(Float64) DEFAULT 0 CODEC(ZSTD(3))
-- case: MODIFY COLUMN customer String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN customer String
-- case: MODIFY COLUMN customer LowCardinality(Nullable(String))
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN customer LowCardinality(Nullable(String))
-- case: MODIFY COLUMN customer LowCardinality(String)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN customer LowCardinality(String)
-- case: MODIFY COLUMN big UInt64
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN big UInt64
-- case: MODIFY COLUMN big UInt256
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN big UInt256
-- case: MODIFY COLUMN big Int128
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN big Int128
-- case: MODIFY COLUMN ip IPv6
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN ip IPv6
-- case: MODIFY COLUMN ip String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN ip String
-- case: MODIFY COLUMN uid String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN uid String
-- case: MODIFY COLUMN id UInt128
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN id UInt128
-- case: MODIFY COLUMN id Int64
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN id Int64
-- case: MODIFY COLUMN id COMMENT 'x'
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN id COMMENT 'x'
-- case: MODIFY COLUMN id CODEC(Delta, LZ4)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN id CODEC(Delta, LZ4)
-- case: MODIFY COLUMN day Date MATERIALIZED toDate(placed, 'UTC')
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN day Date MATERIALIZED toDate(placed, 'UTC')
-- case: MODIFY COLUMN day REMOVE MATERIALIZED
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN day REMOVE MATERIALIZED
-- case: MODIFY COLUMN day Date32
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN day Date32
-- case: MATERIALIZE COLUMN day
-- on: orders
-- statement
ALTER TABLE orders MATERIALIZE COLUMN day
-- case: MATERIALIZE COLUMN note
-- on: orders
-- statement
ALTER TABLE orders MATERIALIZE COLUMN note
-- case: MATERIALIZE COLUMN total_eur
-- on: orders
-- statement
ALTER TABLE orders MATERIALIZE COLUMN total_eur
-- case: MODIFY COLUMN total_eur Float64 MATERIALIZED toFloat64(total)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total_eur Float64 MATERIALIZED toFloat64(total)
-- case: MODIFY COLUMN total_eur REMOVE ALIAS
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN total_eur REMOVE ALIAS
-- case: MODIFY COLUMN hint String DEFAULT 'y'
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN hint String DEFAULT 'y'
-- case: DROP COLUMN hint
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN hint
-- case: DROP COLUMN total_eur
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN total_eur
-- case: DROP COLUMN day
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN day
-- case: DROP COLUMN placed
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN placed
-- case: DROP COLUMN total
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN total
-- case: DROP COLUMN status
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN status
-- case: DROP COLUMN note
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN note
-- case: DROP COLUMN customer
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN customer
-- case: DROP COLUMN nope
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN nope
-- case: DROP COLUMN IF EXISTS nope
-- on: orders
-- statement
ALTER TABLE orders DROP COLUMN IF EXISTS nope
-- case: CLEAR COLUMN note IN PARTITION 202605
-- on: orders
-- statement
ALTER TABLE orders CLEAR COLUMN note IN PARTITION 202605
-- case: CLEAR COLUMN note
-- on: orders
-- statement
ALTER TABLE orders CLEAR COLUMN note
-- case: CLEAR COLUMN price IN PARTITION 202605
-- on: orders
-- statement
ALTER TABLE orders CLEAR COLUMN price IN PARTITION 202605
-- case: CLEAR COLUMN id
-- on: orders
-- statement
ALTER TABLE orders CLEAR COLUMN id
-- case: CLEAR COLUMN status
-- on: orders
-- statement
ALTER TABLE orders CLEAR COLUMN status
-- case: RENAME COLUMN price TO amount
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN price TO amount
-- case: RENAME COLUMN price TO note
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN price TO note
-- case: RENAME COLUMN nope TO nope2
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN nope TO nope2
-- case: RENAME COLUMN IF EXISTS nope TO nope2
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN IF EXISTS nope TO nope2
-- case: RENAME COLUMN id TO oid
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN id TO oid
-- case: RENAME COLUMN placed TO at
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN placed TO at
-- case: RENAME COLUMN status TO state
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN status TO state
-- case: RENAME COLUMN total TO amount
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN total TO amount
-- case: RENAME COLUMN customer TO client
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN customer TO client
-- case: RENAME COLUMN total_eur TO eur
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN total_eur TO eur
-- case: RENAME COLUMN day TO date
-- on: orders
-- statement
ALTER TABLE orders RENAME COLUMN day TO date
-- case: ADD COLUMN a UInt8 FIRST
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 FIRST
-- case: ADD COLUMN a UInt8 AFTER nope
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 AFTER nope
-- case: ADD COLUMN a UInt8 AFTER id, ADD COLUMN b UInt8 AFTER a
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 AFTER id, ADD COLUMN b UInt8 AFTER a
-- case: ADD COLUMN a UInt8 DEFAULT id + 1
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 DEFAULT id + 1
-- case: ADD COLUMN a UInt8 DEFAULT nope + 1
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 DEFAULT nope + 1
-- case: ADD COLUMN a UInt8 DEFAULT 'x'
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 DEFAULT 'x'
-- case: ADD COLUMN a DEFAULT now()
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a DEFAULT now()
-- case: ADD COLUMN a UInt8 MATERIALIZED nofunction(id)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 MATERIALIZED nofunction(id)
-- case: ADD COLUMN a String ALIAS nosuchfn(note)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a String ALIAS nosuchfn(note)
-- case: ADD COLUMN a UInt8 DEFAULT length(note, 2)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 DEFAULT length(note, 2)
-- case: ADD COLUMN a UInt8 DEFAULT toDate()
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 DEFAULT toDate()
-- case: ADD COLUMN a Foo
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Foo
-- case: ADD COLUMN a Nullable(Array(String))
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Nullable(Array(String))
-- case: ADD COLUMN a LowCardinality(UInt8)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a LowCardinality(UInt8)
-- case: ADD COLUMN a LowCardinality(Array(String))
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a LowCardinality(Array(String))
-- case: ADD COLUMN a Enum8('a' = 1, 'b' = 1)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Enum8('a' = 1, 'b' = 1)
-- case: ADD COLUMN a Enum8('a' = 300)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Enum8('a' = 300)
-- case: ADD COLUMN a Decimal(80, 2)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Decimal(80, 2)
-- case: ADD COLUMN a Decimal(8, 12)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Decimal(8, 12)
-- case: ADD COLUMN a DateTime64(12)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a DateTime64(12)
-- case: ADD COLUMN a DateTime('Mars/Base')
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a DateTime('Mars/Base')
-- case: ADD COLUMN a FixedString(0)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a FixedString(0)
-- case: ADD COLUMN a Map(Nullable(String), String)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Map(Nullable(String), String)
-- case: ADD COLUMN a Map(String)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Map(String)
-- case: ADD COLUMN a Variant(String, UInt64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Variant(String, UInt64)
-- case: ADD COLUMN a Dynamic
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Dynamic
-- case: ADD COLUMN a JSON(x UInt8)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a JSON(x UInt8)
-- case: ADD COLUMN a AggregateFunction(sum, UInt64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a AggregateFunction(sum, UInt64)
-- case: ADD COLUMN a AggregateFunction(nope, UInt64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a AggregateFunction(nope, UInt64)
-- case: ADD COLUMN a SimpleAggregateFunction(uniq, UInt64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a SimpleAggregateFunction(uniq, UInt64)
-- case: ADD COLUMN a SimpleAggregateFunction(sum, UInt64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a SimpleAggregateFunction(sum, UInt64)
-- case: ADD COLUMN a AggregateFunction(quantiles(0.5, 0.9), Float64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a AggregateFunction(quantiles(0.5, 0.9), Float64)
-- case: ADD COLUMN a Nothing
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Nothing
-- case: ADD COLUMN a Point
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Point
-- case: ADD COLUMN a Time
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Time
-- case: ADD COLUMN a Time64(3)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a Time64(3)
-- case: ADD COLUMN a UInt8 CODEC(T64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(T64)
-- case: ADD COLUMN a String CODEC(T64)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a String CODEC(T64)
-- case: ADD COLUMN a UInt8 CODEC(AES_128_GCM_SIV)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(AES_128_GCM_SIV)
-- case: ADD COLUMN a UInt8 CODEC(ZSTD(30))
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(ZSTD(30))
-- case: ADD COLUMN a UInt8 CODEC(NONE, LZ4)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(NONE, LZ4)
-- case: ADD COLUMN a UInt8 CODEC(Delta)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(Delta)
-- case: ADD COLUMN a UInt8 CODEC(Delta(3))
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(Delta(3))
-- case: ADD COLUMN a UInt8 CODEC(LZ4, Delta)
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 CODEC(LZ4, Delta)
-- case: ADD COLUMN a UInt8 TTL placed + INTERVAL 1 MONTH
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 TTL placed + INTERVAL 1 MONTH
-- case: ADD COLUMN a UInt8 TTL id
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN a UInt8 TTL id
-- case: ADD COLUMN id UInt64
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN id UInt64
-- case: ADD COLUMN IF NOT EXISTS id UInt64
-- on: orders
-- statement
ALTER TABLE orders ADD COLUMN IF NOT EXISTS id UInt64
-- case: MODIFY COLUMN nope String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN nope String
-- case: MODIFY COLUMN IF EXISTS nope String
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN IF EXISTS nope String
-- case: COMMENT COLUMN nope 'x'
-- on: orders
-- statement
ALTER TABLE orders COMMENT COLUMN nope 'x'
-- case: COMMENT COLUMN note 'x'
-- on: orders
-- statement
ALTER TABLE orders COMMENT COLUMN note 'x'
-- case: MODIFY COMMENT 'all orders'
-- on: orders
-- statement
ALTER TABLE orders MODIFY COMMENT 'all orders'
-- case: MODIFY COLUMN price FIRST
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price FIRST
-- case: MODIFY COLUMN price DEFAULT 5
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price DEFAULT 5
-- case: MODIFY COLUMN price DEFAULT nosuch(1)
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price DEFAULT nosuch(1)
-- case: MODIFY COLUMN price REMOVE DEFAULT
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price REMOVE DEFAULT
-- case: MODIFY COLUMN price REMOVE CODEC
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price REMOVE CODEC
-- case: MODIFY COLUMN note REMOVE CODEC
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN note REMOVE CODEC
-- case: MODIFY COLUMN price REMOVE TTL
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price REMOVE TTL
-- case: MODIFY COLUMN price TTL toDateTime(placed) + INTERVAL 1 DAY
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price TTL toDateTime(placed) + INTERVAL 1 DAY
-- case: MODIFY COLUMN id TTL toDateTime(placed) + INTERVAL 1 DAY
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN id TTL toDateTime(placed) + INTERVAL 1 DAY
-- case: MODIFY COLUMN price MODIFY SETTING max_compress_block_size = 65536
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price MODIFY SETTING max_compress_block_size = 65536
-- case: MODIFY COLUMN price MODIFY SETTING nope = 1
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price MODIFY SETTING nope = 1
-- case: MODIFY COLUMN price RESET SETTING max_compress_block_size
-- on: orders
-- statement
ALTER TABLE orders MODIFY COLUMN price RESET SETTING max_compress_block_size
