-- tread-conformance/1
-- Statements that refuse to run in a transaction, and those that look as if they would.
--: setup
CREATE TABLE person (id bigint PRIMARY KEY, email text);
INSERT INTO person SELECT g, 'p' || g FROM generate_series(1, 500) g;
CREATE INDEX person_email ON person (email);
CREATE TABLE event (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_day ON event (day);
CREATE MATERIALIZED VIEW emails AS SELECT id, email FROM person;
CREATE UNIQUE INDEX emails_id ON emails (id);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE PROCEDURE in_batches() LANGUAGE plpgsql AS $$ BEGIN UPDATE person SET email = email; COMMIT; END $$;

--: case create index concurrently
CREATE INDEX CONCURRENTLY person_lower ON person (lower(email));
--: case create index concurrently if not exists
CREATE INDEX CONCURRENTLY IF NOT EXISTS person_email ON person (email);
--: case drop index concurrently
DROP INDEX CONCURRENTLY person_email;
--: case drop a missing index concurrently
DROP INDEX CONCURRENTLY IF EXISTS person_nothing;
--: case reindex concurrently
REINDEX TABLE CONCURRENTLY person;
--: case reindex an index concurrently
REINDEX INDEX CONCURRENTLY person_email;
--: case reindex a partitioned table
REINDEX TABLE event;
--: case reindex a partitioned index
REINDEX INDEX event_day;
--: case reindex a schema
REINDEX SCHEMA public;
--: case reindex one table
REINDEX TABLE person;
--: case vacuum
VACUUM person;
--: case vacuum full
VACUUM FULL person;
--: case vacuum all
VACUUM;
--: case analyze
ANALYZE person;
--: case cluster all
CLUSTER;
--: case cluster one
CLUSTER person USING person_email;
--: case detach concurrently @14+
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
--: case detach concurrently beside a default partition @14+ @alone
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
--: case refresh concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY emails;
--: case create database
CREATE DATABASE another;
--: case drop database
DROP DATABASE IF EXISTS another;
--: case alter system
ALTER SYSTEM SET work_mem = '8MB';
--: case create tablespace
CREATE TABLESPACE fast LOCATION '/nowhere';
--: case a procedure that commits
CALL in_batches();
--: case a block that commits
DO $$ BEGIN UPDATE person SET email = email WHERE id = 1; COMMIT; END $$;
--: case a procedure that commits, by itself @alone
CALL in_batches();
--: case a value is added to an enum
ALTER TYPE mood ADD VALUE 'glad';
--: case discard all
DISCARD ALL;
--: case create index concurrently on a partitioned table @alone
CREATE INDEX CONCURRENTLY event_id ON event (id);
--: case drop a partitioned index concurrently @alone
DROP INDEX CONCURRENTLY event_day;
--: case drop two indexes concurrently @alone
DROP INDEX CONCURRENTLY person_email, emails_id;
--: case drop an index concurrently and what needs it @alone
DROP INDEX CONCURRENTLY person_pkey;
--: case create index concurrently on a view of rows @alone
CREATE INDEX CONCURRENTLY emails_email ON emails (email);
--: case reindex the schema, concurrently @alone
REINDEX SCHEMA CONCURRENTLY public;
--: case reindex the partitioned table by itself @alone
REINDEX TABLE event;
--: case reindex the partitioned table concurrently @alone @14+
REINDEX TABLE CONCURRENTLY event;
--: case vacuum full everything @alone
VACUUM FULL;
--: case vacuum a partitioned table @alone
VACUUM event;
--: case vacuum full a partitioned table @alone
VACUUM FULL event;
--: case cluster what was clustered before @alone
ALTER TABLE person CLUSTER ON person_email;
CLUSTER;
