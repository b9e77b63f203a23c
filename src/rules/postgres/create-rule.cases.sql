-- case: on a table in use
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE RULE keep AS ON DELETE TO person DO INSTEAD NOTHING; -- expect: create-rule@info

-- case: on a view
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE VIEW contact AS SELECT id, name FROM person;
-- 0002.sql
CREATE RULE keep AS ON DELETE TO contact DO INSTEAD NOTHING;

-- case: instead of what a version sends
-- live: INSERT INTO person (id, name) VALUES ($1, $2)
-- live: UPDATE person SET name = $1 WHERE id = $2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE RULE stop_it AS ON INSERT TO person DO INSTEAD NOTHING; -- expect: create-rule@error
CREATE RULE log AS ON UPDATE TO person DO ALSO SELECT 1; -- expect: create-rule@info
CREATE RULE keep AS ON DELETE TO person DO INSTEAD NOTHING; -- expect: create-rule@info

-- case: a DELETE that does nothing from here on
-- live: DELETE FROM invoice WHERE id = $1
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric);
-- 0002.sql
CREATE RULE keep AS ON DELETE TO invoice DO INSTEAD NOTHING; -- expect: create-rule@error
