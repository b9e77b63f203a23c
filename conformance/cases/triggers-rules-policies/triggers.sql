-- tread-conformance/1
-- A bank.
--: setup
CREATE TABLE account (id int PRIMARY KEY, balance numeric, owner int);
CREATE TABLE owner (id int PRIMARY KEY, name text);
ALTER TABLE account ADD FOREIGN KEY (owner) REFERENCES owner (id);
CREATE TABLE transfer (id int, day int, amount numeric) PARTITION BY RANGE (day);
CREATE TABLE transfer_1 PARTITION OF transfer FOR VALUES FROM (0) TO (100);
CREATE TABLE transfer_2 PARTITION OF transfer FOR VALUES FROM (100) TO (200);
CREATE TABLE parent (id int);
CREATE TABLE child () INHERITS (parent);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER noted BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER transfer_noted AFTER INSERT ON transfer FOR EACH ROW EXECUTE FUNCTION note();
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
CREATE VIEW balances AS SELECT id, balance FROM account;
INSERT INTO owner SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO account SELECT g, g, g FROM generate_series(1, 200) g;
INSERT INTO transfer SELECT g, g % 200, 1 FROM generate_series(1, 200) g;
--: case create a row trigger
CREATE TRIGGER t AFTER INSERT OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case create a statement trigger
CREATE TRIGGER t AFTER TRUNCATE ON account FOR EACH STATEMENT EXECUTE FUNCTION note();
--: case create a trigger on columns
CREATE TRIGGER t BEFORE UPDATE OF balance ON account FOR EACH ROW WHEN (OLD.balance IS DISTINCT FROM NEW.balance) EXECUTE FUNCTION note();
--: case create a trigger on a missing column
CREATE TRIGGER t BEFORE UPDATE OF amount ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case create a constraint trigger
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON account FROM owner DEFERRABLE FOR EACH ROW EXECUTE FUNCTION note();
--: case create a trigger with transition tables
CREATE TRIGGER t AFTER UPDATE ON account REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note();
--: case create a trigger on a partitioned table
CREATE TRIGGER t AFTER UPDATE ON transfer FOR EACH ROW EXECUTE FUNCTION note();
--: case create a statement trigger on a partitioned table
CREATE TRIGGER t AFTER UPDATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION note();
--: case create a trigger on a parent
CREATE TRIGGER t BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION note();
--: case create what exists
CREATE TRIGGER noted BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case create or replace @14+
CREATE OR REPLACE TRIGGER noted BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case create or replace before it existed @13-13
CREATE OR REPLACE TRIGGER noted BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case function that does not exist
CREATE TRIGGER t BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION nothing_here();
--: case function that returns no trigger
CREATE TRIGGER t BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION plain();
--: case instead of on a table
CREATE TRIGGER t INSTEAD OF INSERT ON account FOR EACH ROW EXECUTE FUNCTION note();
--: case instead of on a view
CREATE TRIGGER t INSTEAD OF INSERT ON balances FOR EACH ROW EXECUTE FUNCTION note();
--: case before row on a view
CREATE TRIGGER t BEFORE INSERT ON balances FOR EACH ROW EXECUTE FUNCTION note();
--: case table that does not exist
CREATE TRIGGER t BEFORE INSERT ON nothing_here FOR EACH ROW EXECUTE FUNCTION note();
--: case drop
DROP TRIGGER noted ON account;
--: case drop on a partitioned table
DROP TRIGGER transfer_noted ON transfer;
--: case drop from a partition
DROP TRIGGER transfer_noted ON transfer_1;
--: case drop what does not exist
DROP TRIGGER nothing_here ON account;
--: case drop if exists
DROP TRIGGER IF EXISTS nothing_here ON account;
--: case drop on a table that does not exist
DROP TRIGGER noted ON nothing_here;
--: case drop if exists on a table that does not exist
DROP TRIGGER IF EXISTS noted ON nothing_here;
--: case rename
ALTER TRIGGER noted ON account RENAME TO written;
--: case rename on a partitioned table
ALTER TRIGGER transfer_noted ON transfer RENAME TO written;
--: case rename on a partition @15+
ALTER TRIGGER transfer_noted ON transfer_1 RENAME TO written;
--: case rename what does not exist
ALTER TRIGGER nothing_here ON account RENAME TO written;
--: case rename to one that exists
ALTER TRIGGER noted ON account RENAME TO balanced;
--: case depends on extension
ALTER TRIGGER noted ON account DEPENDS ON EXTENSION plpgsql;
--: case disable one
ALTER TABLE account DISABLE TRIGGER noted;
--: case disable one that does not exist
ALTER TABLE account DISABLE TRIGGER nothing_here;
--: case disable all
ALTER TABLE account DISABLE TRIGGER ALL;
--: case disable user
ALTER TABLE account DISABLE TRIGGER USER;
--: case enable
ALTER TABLE account ENABLE TRIGGER noted;
--: case enable always
ALTER TABLE account ENABLE ALWAYS TRIGGER noted;
--: case enable replica
ALTER TABLE account ENABLE REPLICA TRIGGER noted;
--: case disable on a partitioned table
ALTER TABLE transfer DISABLE TRIGGER transfer_noted;
--: case disable all on a partitioned table
ALTER TABLE transfer DISABLE TRIGGER ALL;
--: case drop the function of a trigger
DROP FUNCTION note();
--: case drop the function of triggers cascade
DROP FUNCTION note() CASCADE;
--: case comment on a trigger
COMMENT ON TRIGGER noted ON account IS 'every change';
--: case set constraints
SET CONSTRAINTS ALL IMMEDIATE;
--: case event trigger
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION watch();
--: case event trigger altered
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION watch();
ALTER EVENT TRIGGER watcher DISABLE;
--: case event trigger dropped
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION watch();
DROP EVENT TRIGGER watcher;
