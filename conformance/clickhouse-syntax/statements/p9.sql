SELECT a {x:Identifier}
SELECT a AS {x:Identifier}
SELECT a FROM t AS {x:Identifier}
SELECT a FROM t {x:Identifier}
SELECT f(a AS {x:Identifier})
SELECT sum(x) OVER (PARTITION BY a b, c ORDER BY d e)
SELECT sum(x) OVER (PARTITION BY a b)
SET a, b
SET a = 1, b
SET a, b = 1
SET final
CREATE TABLE t (a Int) ENGINE=MergeTree ORDER BY a SETTINGS index_granularity
CREATE TABLE {db:Identifier}.{t:Identifier} (a Int) ENGINE=Memory
ALTER TABLE t ADD COLUMN {c:Identifier} Int
ALTER TABLE t DROP COLUMN {c:Identifier}
SELECT {a:Identifier}, t.{b:Identifier}
WITH {x:Identifier} AS (SELECT 1) SELECT 1
