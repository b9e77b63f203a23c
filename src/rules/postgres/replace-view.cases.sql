-- case: a column goes
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE VIEW contact AS SELECT id, name, email FROM person;
-- 0002.sql
CREATE OR REPLACE VIEW contact AS SELECT id, email FROM person; -- expect: replace-view

-- case: a column at the end
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE VIEW contact AS SELECT id, name FROM person;
-- 0002.sql
CREATE OR REPLACE VIEW contact AS SELECT id, name, email FROM person; -- expect: replace-view@info

-- case: a view that is new
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE OR REPLACE VIEW contact AS SELECT id, name FROM person;
