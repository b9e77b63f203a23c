-- case: an index
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
REINDEX INDEX person_email; -- expect: reindex-blocking@error

-- case: a table
-- postgres: 13
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
REINDEX TABLE person; -- expect: reindex-blocking@error

-- case: a materialized view
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE MATERIALIZED VIEW emails AS SELECT email FROM person;
CREATE INDEX emails_email ON emails (email);
-- 0002.sql
REINDEX TABLE emails; -- expect: reindex-blocking@error

-- case: a small table
-- environment: self_hosted rows(person)=500
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
REINDEX TABLE person; -- expect: reindex-blocking@info

-- case: concurrently
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
REINDEX INDEX CONCURRENTLY person_email;
