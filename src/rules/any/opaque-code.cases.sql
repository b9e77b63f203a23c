-- case: code that calls into another module
-- source: django
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
-- code: opaque reason -- expect: opaque-code@warning

-- case: a psql meta-command
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
\i functions.sql -- expect: opaque-code@warning

-- case: judged by a person, who says so
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
-- tread-ignore opaque-code: read by Ines, defines two functions
\i functions.sql

-- case: understood
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
COMMENT ON TABLE person IS 'who uses the product';
