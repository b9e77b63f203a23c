-- tread-conformance/1
-- A post room. What a body does, whoever calls it does.
--: setup
CREATE TABLE parcel (id int PRIMARY KEY, weight int, note text);
CREATE TABLE log (id serial PRIMARY KEY, what text);
CREATE FUNCTION weigh(p int) RETURNS int LANGUAGE sql STABLE AS 'SELECT weight FROM parcel WHERE id = p';
CREATE FUNCTION mark() RETURNS void LANGUAGE plpgsql AS $$BEGIN UPDATE parcel SET note = 'x' WHERE id = 1; END$$;
CREATE FUNCTION extend() RETURNS void LANGUAGE plpgsql AS $$BEGIN ALTER TABLE parcel ADD COLUMN IF NOT EXISTS extra int; END$$;
CREATE FUNCTION nested() RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM mark(); END$$;
CREATE PROCEDURE sweep() LANGUAGE plpgsql AS $$BEGIN DELETE FROM parcel WHERE id = 1; END$$;
CREATE PROCEDURE shout(what text) LANGUAGE sql AS 'INSERT INTO log (what) VALUES (what)';
CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
INSERT INTO parcel SELECT g, g FROM generate_series(1, 1000) g;
ANALYZE parcel;
--: case create a function
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
--: case create a function that exists
CREATE FUNCTION weigh(p int) RETURNS int LANGUAGE sql AS 'SELECT 1';
--: case an overload
CREATE FUNCTION weigh(p text) RETURNS int LANGUAGE sql AS 'SELECT 1';
--: case replace a function
CREATE OR REPLACE FUNCTION weigh(p int) RETURNS int LANGUAGE sql AS 'SELECT 2';
--: case replace with another return type
CREATE OR REPLACE FUNCTION weigh(p int) RETURNS text LANGUAGE sql AS $$SELECT ''$$;
--: case a SQL body is checked
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT nothing_here FROM parcel';
--: case a SQL body locks what it reads
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT weight FROM parcel WHERE id = 1';
--: case a SQL body is not checked
SET LOCAL check_function_bodies = off;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT nothing_here FROM parcel';
--: case a PL/pgSQL body is not bound
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT nothing_here FROM parcel); END$$;
--: case a PL/pgSQL body that does not parse
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN ; ; END$$;
--: case begin atomic @14+
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT weight FROM parcel WHERE id = 1; END;
--: case begin atomic before it existed @13-13
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
--: case begin atomic keeps its table @14+
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT weight FROM parcel WHERE id = 1; END;
ALTER TABLE parcel DROP COLUMN weight;
--: case begin atomic with a missing column @14+
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT nothing_here FROM parcel; END;
--: case a language that is not there
CREATE FUNCTION f() RETURNS int LANGUAGE plnothing AS 'x';
--: case a function of a missing type
CREATE FUNCTION f(x nothing_here) RETURNS int LANGUAGE sql AS 'SELECT 1';
--: case alter volatility
ALTER FUNCTION weigh(int) IMMUTABLE;
--: case alter what does not exist
ALTER FUNCTION nothing_here() IMMUTABLE;
--: case rename a function
ALTER FUNCTION weigh(int) RENAME TO heft;
--: case rename a function that does not exist
ALTER FUNCTION nothing_here(int) RENAME TO heft;
--: case set schema of a function
CREATE SCHEMA post;
ALTER FUNCTION weigh(int) SET SCHEMA post;
--: case drop a function
DROP FUNCTION weigh(int);
--: case drop a function without its arguments
DROP FUNCTION weigh;
--: case drop a function with other arguments
DROP FUNCTION weigh(text);
--: case drop a function that does not exist
DROP FUNCTION nothing_here();
--: case drop if exists
DROP FUNCTION IF EXISTS nothing_here();
--: case drop a procedure as a function
DROP FUNCTION sweep();
--: case drop a procedure
DROP PROCEDURE sweep();
--: case drop an aggregate
DROP AGGREGATE total(int);
--: case drop a function in a default
CREATE TABLE t (id int DEFAULT weigh(1));
DROP FUNCTION weigh(int);
--: case drop a function in a default cascade @keep
CREATE TABLE defaulted (id int DEFAULT weigh(1));
--: case drop a function that a default uses
DROP FUNCTION weigh(int) CASCADE;
--: case select a function that writes
SELECT mark();
--: case select a function that alters
SELECT extend();
--: case select a function that calls
SELECT nested();
--: case select a function that reads
SELECT weigh(1);
--: case select a function from
SELECT * FROM weigh(1);
--: case select a function that does not exist
DROP FUNCTION weigh(int) CASCADE;
SELECT weigh(1);
--: case call
CALL sweep();
--: case call a SQL procedure
CALL shout('hello');
--: case call what does not exist
DROP PROCEDURE sweep();
CALL sweep();
--: case call a function
CALL mark();
--: case do that writes
DO $$BEGIN UPDATE parcel SET note = 'y' WHERE id = 2; END$$;
--: case do that alters
DO $$BEGIN ALTER TABLE parcel ALTER COLUMN weight TYPE bigint; END$$;
--: case do that executes a constant
DO $$BEGIN EXECUTE 'ALTER TABLE parcel ADD COLUMN more int'; END$$;
--: case do that executes constants put together
DO $$BEGIN EXECUTE 'ALTER TABLE ' || 'parcel' || ' ADD COLUMN more int'; END$$;
--: case do that executes a format of constants
DO $$BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %s int', 'parcel', 'more'); END$$;
--: case do that executes several statements
DO $$BEGIN EXECUTE 'ALTER TABLE parcel ADD COLUMN more int; CREATE INDEX ON parcel (weight)'; END$$;
--: case do with a condition that holds
DO $$BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'nothing_here') THEN CREATE INDEX parcel_weight ON parcel (weight); END IF; END$$;
--: case do with a loop
DO $$DECLARE i int; BEGIN FOR i IN 1..3 LOOP UPDATE parcel SET note = 'z' WHERE id = i; END LOOP; END$$;
--: case do that catches
DO $$BEGIN ALTER TABLE parcel ADD COLUMN weight int; EXCEPTION WHEN duplicate_column THEN NULL; END$$;
--: accept the error is caught and the lock given back with its subtransaction; where the column is missing the same block takes the predicted lock
--: case do that fails
DO $$BEGIN ALTER TABLE parcel ADD COLUMN weight int; END$$;
--: case do that raises
DO $$BEGIN RAISE EXCEPTION 'not today'; END$$;
--: case do that performs
DO $$BEGIN PERFORM mark(); END$$;
--: case do that only computes
DO $$DECLARE n int := 1; BEGIN n := n + 1; END$$;
--: case do in a language that is not there
DO LANGUAGE plnothing 'x';
--: accept languages can come from extensions of which no migration tells: unknown, not an error
--: case do that does not parse
DO $$BEGIN nonsense END$$;
--: accept PL/pgSQL that does not parse is unknown, not an error: libpg-query's PL/pgSQL parser is not the server's own
--: case do with a variable named like a column
DO $$DECLARE weight int := 3; BEGIN PERFORM 1 FROM log WHERE id = weight; END$$;
--: case create a cast
CREATE FUNCTION to_text(parcel) RETURNS text LANGUAGE sql AS 'SELECT $1.note';
CREATE CAST (parcel AS text) WITH FUNCTION to_text(parcel);
--: case create an operator
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
--: case create an aggregate
CREATE AGGREGATE sum_all (int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
--: case create a collation
CREATE COLLATION plain (provider = icu, locale = 'und');
--: case create a text search configuration
CREATE TEXT SEARCH CONFIGURATION mine (COPY = english);
--: case alter a text search configuration
CREATE TEXT SEARCH CONFIGURATION mine (COPY = english);
ALTER TEXT SEARCH CONFIGURATION mine DROP MAPPING FOR url;
--: case create an operator class
CREATE OPERATOR CLASS int_desc FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(int, int);
--: case comment on a function
COMMENT ON FUNCTION weigh(int) IS 'in grams';
--: case grant on a function
GRANT EXECUTE ON FUNCTION weigh(int) TO PUBLIC;
--: case nextval in a function default
ALTER TABLE parcel ADD COLUMN n bigint DEFAULT nextval('log_id_seq');
--: case a body that reads a field of its argument
CREATE FUNCTION label(p parcel) RETURNS text LANGUAGE sql AS $$ SELECT p.note $$;
--: case a body that names its argument by the name of the function
CREATE FUNCTION heavier(least int) RETURNS SETOF parcel LANGUAGE sql AS $$ SELECT * FROM parcel WHERE weight > heavier.least $$;
--: case a body without arguments that names a table which is not in its FROM
CREATE FUNCTION lost() RETURNS text LANGUAGE sql AS $$ SELECT p.note FROM parcel $$;
