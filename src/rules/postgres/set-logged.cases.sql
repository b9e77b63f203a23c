-- case: unlogged, to write faster
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET UNLOGGED; -- expect: set-logged

-- case: a table that is logged already
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET LOGGED;

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET UNLOGGED; -- expect: set-logged@info

-- case: a table of the same release is empty
-- 0001.sql
CREATE UNLOGGED TABLE import (id bigint PRIMARY KEY);
ALTER TABLE import SET LOGGED;
