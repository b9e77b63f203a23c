-- Queries: every clause of SELECT, joins, unions, settings.
SET force_index_by_date
SELECT 1 SETTINGS a = [1,2]
SELECT 1 SETTINGS a
SELECT 1 SETTINGS a = {'a':'b'}, b = 'x', c = {p:UInt8}, d = DEFAULT, e.f = 1
SELECT 1 SETTINGS a = b
CREATE TABLE t (a Int) ENGINE=MergeTree ORDER BY a SETTINGS disk = disk(type = s3, path = 'x')
ALTER TABLE a.b.c ADD COLUMN x Int
SELECT * FROM a.b.c
INSERT INTO a.b.c SELECT 1
SELECT $a b$ x $a b$
SELECT [1 AS x, x]
SELECT ()
SELECT f(a AS b, c d)
SELECT (a b)
SELECT a.b(1), `x`.y(2)
SELECT x -> 1, (x, y) -> x, tuple(x) -> x, () -> 1
SELECT 1 AS `a b`, 2 "c"
SELECT tuple(1,), (1,), [1,]
SELECT a, b, FROM t
SELECT a ? b : c ? d : e
SELECT interval, case, interval + 1, date, timestamp
SELECT interval 1 day + interval '1' day, INTERVAL (1 + 2) DAY, interval 1
SELECT a[1].b.c[2]
SELECT * FROM t FINAL SAMPLE 1/10 OFFSET 1/2
SELECT * FROM t AS x FINAL, u y
SELECT DISTINCT ON (a, b) c FROM t
SELECT a FROM t GROUP BY GROUPING SETS ((a, b), (a), ()) WITH TOTALS HAVING x WINDOW w AS (PARTITION BY a) QUALIFY y ORDER BY ALL DESC LIMIT 1, 2 WITH TIES SETTINGS a = 1
SELECT a FROM t ORDER BY a DESC NULLS FIRST COLLATE 'en' WITH FILL FROM 1 TO 2 STEP 3 STALENESS 4 INTERPOLATE (b AS b + 1, c) LIMIT 1 BY a LIMIT 2 OFFSET 1
SELECT a FROM t ORDER BY a OFFSET 1 ROW FETCH FIRST 3 ROWS ONLY
WITH RECURSIVE x AS (SELECT 1), 1 AS y, (SELECT 2) AS z, t(a, b) AS (SELECT 1, 2) SELECT 1
SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 INTERSECT DISTINCT SELECT 4
(SELECT 1) UNION ALL (SELECT 2) FORMAT TSV SETTINGS a = 1
SELECT 1 INTO OUTFILE 'x' APPEND AND STDOUT COMPRESSION 'gz' LEVEL 3 FORMAT TSV
SELECT * FROM (t1 JOIN t2 USING a) AS j
SELECT * FROM a LEFT ANY JOIN b ON a.x = b.x GLOBAL INNER JOIN c USING (x, y) ASOF JOIN d USING z PASTE JOIN e CROSS JOIN f
SELECT * FROM view(SELECT 1), numbers(10), remote('x', view(SELECT 2)), merge('db', '^t')
SELECT * FROM s3('x', SETTINGS a = 1)
SELECT * FROM 'table'
SELECT * FROM VALUES (1), (2)
SELECT * FROM (EXPLAIN SELECT 1)
EXPLAIN SELECT 1
EXPLAIN PLAN indexes = 1 SELECT 1
EXPLAIN WHATIF SELECT 1
EXPLAIN AST ALTER TABLE t DROP COLUMN a
EXPLAIN ALTER TABLE t DROP COLUMN a
EXPLAIN ANALYZE SELECT 1
SELECT 1 WHERE 1 PREWHERE 2
FROM t AS x SELECT *
FROM t SELECT * WHERE a
SELECT ALL a, TOP 3 b
SELECT TOP 3 b FROM t
SELECT DISTINCT a FROM t
SELECT NULL::Nullable(Int), 'x'::String || 'y'
SELECT a.1.2, a.1.b, a.`1`, t.x.1
SELECT count(*), count(t.*), sum(distinct x), f(all), f(distinct)
SELECT 1.5.a
SELECT nth_value(a, 1) RESPECT NULLS OVER w, a OVER w
SELECT {x:Identifier}.a FROM {db:Identifier}.{t:Identifier}
SELECT {f:Identifier}(1)
SELECT * APPLY(quantile(0.9)), * APPLY(toString, 'p_'), * EXCEPT a, * EXCEPT('re'), * REPLACE(1 AS a, 2 AS b), * EXCEPT STRICT a
SELECT lambda(tuple(x), x + 1)
SELECT x NOT IN (1), NOT x IN (1), x IN 1, x IN t, (a, b) IN ((1, 2))
SELECT -x.1, -1::Int8, - -1, NOT NOT a, 1 - -1, 2--1
SELECT a like 'x' ESCAPE '#', a NOT LIKE 'b' || 'c' ESCAPE '!'
