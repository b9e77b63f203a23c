-- tread-conformance/1
-- Who owns what, and where it lies.
--: setup
CREATE TABLE record (id serial PRIMARY KEY, n int);
CREATE INDEX record_n ON record (n);
CREATE VIEW records AS SELECT id FROM record;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM record;
CREATE TABLE slice (day int) PARTITION BY RANGE (day);
CREATE TABLE slice_1 PARTITION OF slice FOR VALUES FROM (0) TO (300);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA store;
CREATE TYPE colour AS ENUM ('red');
INSERT INTO record (n) SELECT g FROM generate_series(1, 200) g;
INSERT INTO slice SELECT g FROM generate_series(1, 200) g;
--: case owner of a table
CREATE ROLE conformance_owner;
ALTER TABLE record OWNER TO conformance_owner;
--: case owner of a partitioned table
CREATE ROLE conformance_owner;
ALTER TABLE slice OWNER TO conformance_owner;
--: case owner of a table that has it
ALTER TABLE record OWNER TO CURRENT_USER;
--: case owner that does not exist
ALTER TABLE record OWNER TO nothing_here;
--: accept roles belong to the server and not to the schema that migrations show
--: case owner of a view
CREATE ROLE conformance_owner;
ALTER VIEW records OWNER TO conformance_owner;
--: case owner of a materialized view
CREATE ROLE conformance_owner;
ALTER MATERIALIZED VIEW counted OWNER TO conformance_owner;
--: case owner of an index
CREATE ROLE conformance_owner;
ALTER INDEX record_n OWNER TO conformance_owner;
--: case owner of a sequence of a serial
CREATE ROLE conformance_owner;
ALTER SEQUENCE record_id_seq OWNER TO conformance_owner;
--: case owner of a schema
CREATE ROLE conformance_owner;
ALTER SCHEMA store OWNER TO conformance_owner;
--: case owner of a function
CREATE ROLE conformance_owner;
ALTER FUNCTION f() OWNER TO conformance_owner;
--: case owner of a type
CREATE ROLE conformance_owner;
ALTER TYPE colour OWNER TO conformance_owner;
--: case reassign owned
CREATE ROLE conformance_owner;
CREATE ROLE conformance_heir;
ALTER TABLE record OWNER TO conformance_owner;
REASSIGN OWNED BY conformance_owner TO conformance_heir;
--: accept what a role owns belongs to the server: unknown, and said so
--: case reassign owned of nothing
CREATE ROLE conformance_owner;
CREATE ROLE conformance_heir;
REASSIGN OWNED BY conformance_owner TO conformance_heir;
--: accept what a role owns belongs to the server: unknown, and said so
--: case drop owned of nothing
CREATE ROLE conformance_owner;
DROP OWNED BY conformance_owner;
--: accept what a role owns belongs to the server: unknown, and said so
--: case drop role
CREATE ROLE conformance_owner;
DROP ROLE conformance_owner;
--: case drop role that does not exist
DROP ROLE nothing_here;
--: accept roles belong to the server and not to the schema that migrations show
--: case create role
CREATE ROLE conformance_owner LOGIN PASSWORD 'x';
--: case alter role
CREATE ROLE conformance_owner;
ALTER ROLE conformance_owner NOLOGIN;
--: case grant on a table
CREATE ROLE conformance_reader;
GRANT SELECT ON record TO conformance_reader;
--: case grant on columns
CREATE ROLE conformance_reader;
GRANT SELECT (id) ON record TO conformance_reader;
--: case grant on several tables
GRANT SELECT ON record, slice TO PUBLIC;
--: case grant on a partitioned table
GRANT SELECT ON slice TO PUBLIC;
--: case grant on a missing table
GRANT SELECT ON nothing_here TO PUBLIC;
--: case grant to a missing role
GRANT SELECT ON record TO nothing_here;
--: accept roles belong to the server and not to the schema that migrations show
--: case revoke
REVOKE ALL ON record FROM PUBLIC;
--: case grant on all tables in a schema
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
--: case grant on a schema
GRANT USAGE ON SCHEMA store TO PUBLIC;
--: case grant on a database
GRANT CONNECT ON DATABASE postgres TO PUBLIC;
--: case grant a role
CREATE ROLE conformance_a;
CREATE ROLE conformance_b;
GRANT conformance_a TO conformance_b;
--: case default privileges
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
--: case grant maintain @17+
GRANT MAINTAIN ON record TO PUBLIC;
--: case grant maintain before it existed @13-16
GRANT MAINTAIN ON record TO PUBLIC;
--: case comment on a table
COMMENT ON TABLE record IS 'one per thing';
--: case comment on a column
COMMENT ON COLUMN record.n IS 'how many';
--: case comment on a missing column
COMMENT ON COLUMN record.nothing_here IS 'how many';
--: case comment on a missing table
COMMENT ON TABLE nothing_here IS 'what';
--: case comment on an index
COMMENT ON INDEX record_n IS 'by number';
--: case comment on a constraint
COMMENT ON CONSTRAINT record_pkey ON record IS 'the key';
--: case comment on a missing constraint
COMMENT ON CONSTRAINT nothing_here ON record IS 'the key';
--: case comment on a schema
COMMENT ON SCHEMA store IS 'things';
--: case comment on an extension
COMMENT ON EXTENSION plpgsql IS 'bodies';
--: case comment on a database
COMMENT ON DATABASE postgres IS 'the default';
--: case tablespace of a table
ALTER TABLE record SET TABLESPACE pg_default;
--: case tablespace that does not exist
ALTER TABLE record SET TABLESPACE nothing_here;
--: accept tablespaces belong to the server and not to the schema that migrations show
--: case tablespace of an index
ALTER INDEX record_n SET TABLESPACE pg_default;
--: case tablespace of all tables
ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default;
--: case alter database
ALTER DATABASE postgres SET work_mem = '8MB';
--: case create extension
CREATE EXTENSION hstore;
--: case create extension that exists
CREATE EXTENSION plpgsql;
--: case create extension if not exists
CREATE EXTENSION IF NOT EXISTS plpgsql;
--: case create extension in a schema
CREATE EXTENSION citext SCHEMA store;
--: case alter extension update
CREATE EXTENSION hstore;
ALTER EXTENSION hstore UPDATE;
--: case alter extension that is not installed
ALTER EXTENSION hstore UPDATE;
--: case drop extension
CREATE EXTENSION hstore;
DROP EXTENSION hstore;
--: case drop extension that a column uses @keep
CREATE EXTENSION citext;
CREATE TABLE person (id int PRIMARY KEY, email citext);
--: case drop extension in use
DROP EXTENSION citext;
--: case drop extension in use cascade
DROP EXTENSION citext CASCADE;
--: case drop extension that is not installed
DROP EXTENSION ltree;
--: case drop extension if exists
DROP EXTENSION IF EXISTS ltree;
--: case alter extension set schema
ALTER EXTENSION citext SET SCHEMA store;
--: case add to an extension
ALTER EXTENSION citext ADD TABLE record;
--: case language
CREATE LANGUAGE plpgsql;
--: case access method
CREATE ACCESS METHOD heap_again TYPE TABLE HANDLER heap_tableam_handler;
--: case depends on extension
ALTER INDEX record_n DEPENDS ON EXTENSION plpgsql;
--: case alter table in a schema that moves
ALTER TABLE record SET SCHEMA store;
--: case alter table in a missing schema
ALTER TABLE record SET SCHEMA nothing_here;
