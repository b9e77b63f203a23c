-- tread-conformance/1
-- Syntax and functions that came with a release: an older server refuses them, with the SQLSTATE that it gives.
--: setup
CREATE TABLE person (id int PRIMARY KEY, email text, age int, seen timestamptz, data jsonb);
CREATE TABLE visit (id int PRIMARY KEY, person int REFERENCES person (id), at date);
CREATE TABLE log (day int, n int) PARTITION BY RANGE (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (100);
CREATE VIEW people AS SELECT id FROM person;
INSERT INTO person SELECT g, 'e' || g, g FROM generate_series(1, 1000) g;
INSERT INTO visit SELECT g, g FROM generate_series(1, 1000) g;
--: case 14 detach concurrently @13-13
ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;
--: case 14 detach finalize @13-13
ALTER TABLE log DETACH PARTITION log_1 FINALIZE;
--: case 14 compression @13-13
ALTER TABLE person ALTER COLUMN email SET COMPRESSION pglz;
--: case 14 compression of a new column @13-13
ALTER TABLE person ADD COLUMN note text COMPRESSION pglz;
--: case 14 cycle
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) CYCLE n SET is_cycle USING path SELECT n FROM t;
--: case 14 search
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SEARCH DEPTH FIRST BY n SET place SELECT n FROM t;
--: case 14 date_bin
SELECT date_bin('15 minutes', now(), now());
--: case 14 bit_count in a default
ALTER TABLE person ADD COLUMN bits bigint DEFAULT bit_count('\x12'::bytea);
--: case 14 return
CREATE FUNCTION two() RETURNS int LANGUAGE sql RETURN 2;
--: case 15 merge
MERGE INTO person p USING visit v ON v.person = p.id WHEN MATCHED THEN DO NOTHING;
--: case 15 nulls not distinct in an index
CREATE UNIQUE INDEX ON person (email) NULLS NOT DISTINCT;
--: case 15 nulls not distinct in a constraint
ALTER TABLE person ADD UNIQUE NULLS NOT DISTINCT (email);
--: case 15 on delete set null of a column
ALTER TABLE visit ADD CONSTRAINT v FOREIGN KEY (person) REFERENCES person (id) ON DELETE SET NULL (person);
--: case 15 access method
ALTER TABLE person SET ACCESS METHOD heap;
--: case 15 regexp_count
SELECT regexp_count('abc', 'b');
--: case 15 refresh collation version
ALTER DATABASE postgres REFRESH COLLATION VERSION;
--: case 16 storage of a new column
ALTER TABLE person ADD COLUMN note text STORAGE plain;
--: case 16 subquery without an alias
SELECT n FROM (SELECT 1 AS n);
--: case 16 is json
SELECT '{}' IS JSON;
--: case 16 json_object
SELECT JSON_OBJECT('a' : 1);
--: case 16 json_arrayagg
SELECT JSON_ARRAYAGG(id) FROM visit WHERE id < 0;
--: case 16 any_value
SELECT any_value(id) FROM visit WHERE id < 0;
--: case 16 statistics without a name
CREATE STATISTICS ON id, age FROM person;
--: case 16 copy default
COPY person FROM '/dev/null' WITH (DEFAULT 'x');
--: case 16 vacuum option @alone
VACUUM (SKIP_DATABASE_STATS) person;
--: case 17 merge returning @15+
MERGE INTO person p USING visit v ON v.person = p.id WHEN MATCHED THEN DO NOTHING RETURNING p.id;
--: case 17 merge by source @15+
MERGE INTO person p USING visit v ON v.person = p.id WHEN NOT MATCHED BY SOURCE THEN DO NOTHING;
--: case 17 json_table
SELECT t.a FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a int)) AS t;
--: case 17 json_value
SELECT JSON_VALUE('{"a": 1}', '$.a');
--: case 17 set expression
ALTER TABLE person ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) STORED;
ALTER TABLE person ALTER COLUMN twice SET EXPRESSION AS (age * 3);
--: case 17 set statistics default
ALTER TABLE person ALTER COLUMN age SET STATISTICS DEFAULT;
--: case 17 access method default
ALTER TABLE person SET ACCESS METHOD DEFAULT;
--: case 17 random between
SELECT random(1, 6);
--: case 17 copy on_error
COPY person FROM '/dev/null' WITH (ON_ERROR ignore);
--: case 18 virtual columns
ALTER TABLE person ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) VIRTUAL;
--: case 18 generated without a kind
ALTER TABLE person ADD COLUMN twice int GENERATED ALWAYS AS (age * 2);
--: case 18 not enforced
ALTER TABLE visit ADD CONSTRAINT v FOREIGN KEY (person) REFERENCES person (id) NOT ENFORCED;
--: case 18 not null not valid
ALTER TABLE person ADD CONSTRAINT email_there NOT NULL email NOT VALID;
--: case 18 uuidv7
ALTER TABLE person ADD COLUMN public_id uuid DEFAULT uuidv7();
--: case 18 uuidv7 selected
SELECT uuidv7();
--: case 18 returning old
UPDATE person SET age = 1 WHERE id = 1 RETURNING old.age, new.age;
--: case 18 returning with
UPDATE person SET age = 1 WHERE id = 1 RETURNING WITH (OLD AS o) o.age;
--: case 18 analyze only
ANALYZE ONLY log;
--: case 18 array_sort
SELECT array_sort(ARRAY[2, 1]);
--: case 18 casefold
SELECT casefold('A');
--: case 18 alter constraint enforced
ALTER TABLE visit ALTER CONSTRAINT visit_person_fkey NOT ENFORCED;
--: case 18 without overlaps
CREATE TABLE booking (room int4range, during int4range, PRIMARY KEY (room, during WITHOUT OVERLAPS));
--: case 18 reject limit
COPY person FROM '/dev/null' WITH (ON_ERROR ignore, REJECT_LIMIT 5);
