-- Data types, engines with their arguments, and common mistakes.
ALTER TABLE t MODIFY TTL a, DROP COLUMN b
ALTER TABLE t MODIFY TTL a, ADD COLUMN b Int
ALTER TABLE t MODIFY TTL a, MODIFY SETTING x = 1
ALTER TABLE t MODIFY TTL a, MATERIALIZE TTL
ALTER TABLE t MODIFY TTL a DELETE, COMMENT COLUMN b 'x'
ALTER TABLE t UPDATE a = 1 WHERE b, ADD COLUMN c Int
CREATE TABLE t (a Int) ENGINE=MergeTree ORDER BY a TTL remove
SELECT json.a.b[1].c
SELECT a[][1]
SELECT 1 COMMENT 'x'
SELECT a IN (SELECT 1) ? 1 : 2
SELECT sum(a) comment FROM t
DROP ALL TABLES FROM d
ALTER TABLE t RENAME COLUMN a TO b, MODIFY COLUMN c Int
SELECT a FROM t1 JOIN t2 ON a = b JOIN t3 ON c = d WHERE x
SELECT DISTINCT ON (a) b FROM t LIMIT 1
SELECT x FROM t WHERE a NOT IN (1, 2) AND b GLOBAL IN u
SELECT toTypeName(1::Decimal(10, 2))
SELECT arrayMap((x, y) -> x + y, a, b)
SELECT arrayMap(x -> (x, 1), a) AS r
SELECT [1, 2, 'x'], ['a', NULL], []
SELECT (1, 'a', NULL), ((1), 2)
SELECT map('a', 1)['a'], m['x'].1
SELECT 1 AS a, a + 1 AS b WHERE b > 1
SELECT t.* EXCEPT (a) FROM t
SELECT DISTINCT * FROM a.b AS c
SELECT count() OVER (PARTITION BY a, b ORDER BY c DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t
SELECT `a``b`, "c""d", `e\`f`
SELECT 'a''b', 'c\'d', 'e\\f', '\x41'
SELECT a::Array(Tuple(x Int, y Nullable(String)))
SELECT CAST('1' AS Enum8('a' = 1, 'b' = 2))
SELECT * FROM t SETTINGS a = 1, b = 'x' FORMAT JSON
SELECT x.y.z FROM db.t x
SELECT {a:String} AS p, {b:Array(UInt8)}[1]
SELECT if(a, b, c), multiIf(a, 1, 2)
SELECT - - 1, +1, - a * 2, NOT a = b
SELECT a = b = c, a < b < c
SELECT a OR b AND c OR NOT d
SELECT (a, b) = (1, 2), tuple(a), tuple()
SELECT date '2020-01-01' + interval 1 month
CREATE TABLE t (a Nested(b Int, c String), d Tuple(Int, String), e Tuple(x Int, y String), f Map(String, UInt64), g LowCardinality(Nullable(String)), h Enum8('a', 'b' = 5), i AggregateFunction(sum, UInt64), j AggregateFunction(quantiles(0.5, 0.9), Float64), k SimpleAggregateFunction(max, Int), l DateTime64(3, 'UTC'), m Decimal(10, 2), n FixedString(16), o Variant(Int, String), p Dynamic(max_types = 4), q JSON(max_dynamic_paths = 10, a.b Int, SKIP c.d, SKIP REGEXP 'x'), r Object('json'), s Array(Array(Int)), u DOUBLE PRECISION, v INT UNSIGNED, w INT(11), x CHAR VARYING(10), y Interval, z Nothing) ENGINE=Memory
CREATE TABLE t (a AggregateFunction(1, sum, Int), b Time64(3), c BFloat16, d QBit(Float32, 16)) ENGINE=Memory
CREATE TABLE t (a Tuple()) ENGINE=Memory
CREATE TABLE t (a Nested()) ENGINE=Memory
CREATE TABLE t (a Enum8()) ENGINE=Memory
CREATE TABLE t (a Array()) ENGINE=Memory
CREATE TABLE t (a Enum8('a' = 1,)) ENGINE=Memory
CREATE TABLE t (a `UInt8`, b "String") ENGINE=Memory
CREATE TABLE t (a Foo(1, 'x', Bar(2))) ENGINE=Memory
CREATE TABLE t (a Foo(1 + 1)) ENGINE=Memory
CREATE TABLE t (a Decimal(10, 2) CODEC(Delta(4), LZ4HC(9), Default)) ENGINE=ReplicatedMergeTree('/clickhouse/{shard}/t', '{replica}') ORDER BY a
CREATE TABLE t (a Int) ENGINE=Distributed('{cluster}', db, local, rand()) SETTINGS x = 1
CREATE TABLE t (a Int) ENGINE=Kafka SETTINGS kafka_broker_list = 'x', kafka_topic_list = 'y'
CREATE TABLE t (a Int) ENGINE=Kafka('a', 'b', 'c', 'JSONEachRow')
CREATE TABLE t (a Int) ENGINE=ReplacingMergeTree(ver, is_deleted) ORDER BY (a)
CREATE TABLE t (a Int) ENGINE=MySQL(cfg, table = 'x')
CREATE TABLE t (a Int) ENGINE=Merge(REGEXP('db'), '^t')
CREATE TABLE t (a Int) ENGINE=Null COMMENT 'x' SETTINGS a = 1
CREATE TABLE t (a Int) ENGINE Log
CREATE TABLE t (a Int) ENGINE=
CREATE TABLE (a Int) ENGINE=Memory
CREATE TABLE t (a Int ENGINE=Memory
CREATE TABLE t (a Int)) ENGINE=Memory
CREAT TABLE t (a Int)
CREATE TABLE t (a Int b Int) ENGINE=Memory
ALTER TABLE t ADD COLUMN
ALTER TABLE t DROP COLUMN a b
SELECT FROM t
SELECT * FROM
SELECT * WHERE
SELECT (1
SELECT 1)
SELECT a,, b
INSERT INTO t (a b) VALUES (1)
