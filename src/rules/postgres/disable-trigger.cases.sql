-- case: ALL, on a table with a foreign key
-- page: bad
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint CONSTRAINT person_team_fk REFERENCES team);
-- 0002.sql
ALTER TABLE person DISABLE TRIGGER ALL; -- expect: disable-trigger@warning

-- case: ALL, on a table that others point to
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint CONSTRAINT person_team_fk REFERENCES team);
-- 0002.sql
ALTER TABLE team DISABLE TRIGGER ALL; -- expect: disable-trigger@warning

-- case: a table without foreign keys
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE team DISABLE TRIGGER USER; -- expect: disable-trigger@info

-- case: rows are loaded as a replica would
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint CONSTRAINT person_team_fk REFERENCES team);
-- 0002.sql
SET session_replication_role = replica; -- expect: disable-trigger@warning
INSERT INTO person (id, team_id) VALUES (1, 7);

-- case: triggers are switched on
-- page: good
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE team ENABLE TRIGGER USER;

-- case: off and on again in one transaction that writes nothing to it
-- transaction: per-migration
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint CONSTRAINT person_team_fk REFERENCES team);
-- 0002.sql
ALTER TABLE person DISABLE TRIGGER ALL; -- expect: disable-trigger@info
INSERT INTO team (id) VALUES (1);
ALTER TABLE person ENABLE TRIGGER ALL;

-- case: off while the transaction writes to it
-- transaction: per-migration
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint CONSTRAINT person_team_fk REFERENCES team);
-- 0002.sql
ALTER TABLE person DISABLE TRIGGER ALL; -- expect: disable-trigger@warning
INSERT INTO person (id, team_id) VALUES (1, 7);
ALTER TABLE person ENABLE TRIGGER ALL;
