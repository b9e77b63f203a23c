-- tread-conformance/1
-- What a session has set decides what the next statement does.
--: setup
CREATE SCHEMA app;
CREATE TABLE public.note (id int PRIMARY KEY, at timestamp, n int);
CREATE TABLE app.note (id int PRIMARY KEY, at timestamp, n int);
INSERT INTO public.note SELECT g, '2024-01-01', g FROM generate_series(1, 200) g;
INSERT INTO app.note SELECT g, '2024-01-01', g FROM generate_series(1, 200) g;
--: case the default path
ALTER TABLE note ADD COLUMN x int;
--: case set the path
SET search_path = app;
ALTER TABLE note ADD COLUMN x int;
--: case set the path to two
SET search_path TO app, public;
ALTER TABLE note ADD COLUMN x int;
--: case set the path of the transaction
SET LOCAL search_path = app;
ALTER TABLE note ADD COLUMN x int;
--: case set the path by set_config
SELECT set_config('search_path', 'app', true);
ALTER TABLE note ADD COLUMN x int;
--: case set the path by set_config without public
SELECT pg_catalog.set_config('search_path', '', false);
ALTER TABLE note ADD COLUMN x int;
--: case reset the path
SET search_path = app;
RESET search_path;
ALTER TABLE note ADD COLUMN x int;
--: case reset all
SET search_path = app;
RESET ALL;
ALTER TABLE note ADD COLUMN x int;
--: case set to default
SET search_path = app;
SET search_path TO DEFAULT;
ALTER TABLE note ADD COLUMN x int;
--: case set schema
SET SCHEMA 'app';
ALTER TABLE note ADD COLUMN x int;
--: case rollback to a savepoint takes the setting back
SAVEPOINT s;
SET LOCAL search_path = app;
ROLLBACK TO s;
ALTER TABLE note ADD COLUMN x int;
--: case release keeps the setting
SAVEPOINT s;
SET search_path = app;
RELEASE s;
ALTER TABLE note ADD COLUMN x int;
--: case rollback to a savepoint takes the schema back
SAVEPOINT s;
ALTER TABLE note ADD COLUMN x int;
ROLLBACK TO s;
ALTER TABLE note ADD COLUMN x int;
--: case rollback to a savepoint that does not exist
ROLLBACK TO nothing_here;
--: case release a savepoint that does not exist
RELEASE nothing_here;
--: case savepoint
SAVEPOINT s;
--: case utc makes timestamptz free
SET LOCAL TimeZone = 'UTC';
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case another zone rewrites
SET LOCAL TimeZone = 'Europe/Amsterdam';
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case set time zone
SET LOCAL TIME ZONE 'UTC';
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case set time zone interval
SET LOCAL TIME ZONE 0;
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case zone by set_config
SELECT set_config('timezone', 'Europe/Amsterdam', true);
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case reset the zone
SET TimeZone = 'Europe/Amsterdam';
RESET TimeZone;
ALTER TABLE note ALTER COLUMN at TYPE timestamptz;
--: case a setting that does not exist
SET nothing_here = 1;
--: accept settings can come from libraries that the server loads
--: case a setting of an extension
SET tread.anything = 1;
--: case a timeout
SET lock_timeout = '5s';
--: case a timeout that is no time
SET lock_timeout = 'soon';
--: case reset a setting
RESET statement_timeout;
--: case replication role
SET session_replication_role = replica;
--: case session characteristics
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
--: case a write in a read only transaction
SET TRANSACTION READ ONLY;
UPDATE public.note SET n = 1 WHERE id = 1;
--: case ddl in a read only transaction
SET TRANSACTION READ ONLY;
ALTER TABLE public.note ADD COLUMN x int;
--: case a read in a read only transaction
SET TRANSACTION READ ONLY;
SELECT n FROM public.note WHERE id = 1;
--: case show
SHOW search_path;
--: case discard all in a transaction
DISCARD ALL;
--: case discard all @alone
DISCARD ALL;
--: case discard plans
DISCARD PLANS;
--: case alter role set is for later sessions
CREATE ROLE conformance_app;
ALTER ROLE conformance_app SET search_path = app;
ALTER TABLE note ADD COLUMN x int;
--: case alter database set is for later sessions
ALTER TABLE note ADD COLUMN x int;
--: case alter system in a transaction
ALTER SYSTEM SET work_mem = '8MB';
--: case create database in a transaction
CREATE DATABASE conformance_other;
--: case drop database in a transaction
DROP DATABASE conformance_other;
--: case create tablespace in a transaction
CREATE TABLESPACE conformance_space LOCATION '/nowhere';
--: case drop tablespace in a transaction
DROP TABLESPACE conformance_space;
--: case set role
CREATE ROLE conformance_app;
SET ROLE conformance_app;
--: case set a role that does not exist
SET ROLE nothing_here;
--: accept roles belong to the server and not to the schema that migrations show
--: case begin within a transaction
BEGIN;
--: case load
LOAD 'plpgsql';
--: case prepare transaction without a transaction @alone
COMMIT PREPARED 'nothing_here';
--: accept what was prepared belongs to the server
--: case commit prepared within a transaction
COMMIT PREPARED 'nothing_here';
--: case rollback prepared within a transaction
ROLLBACK PREPARED 'nothing_here';
--: case savepoint outside of a transaction @alone
SAVEPOINT s;
--: case commit outside of a transaction @alone
COMMIT;
