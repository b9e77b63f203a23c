-- case: takes ACCESS EXCLUSIVE on the table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
DROP INDEX person_email_idx; -- expect: drop-index-blocking@info

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
DROP INDEX person_email_idx; -- expect: drop-index-blocking@info

-- case: on a hot table the traffic says it
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
DROP INDEX person_email_idx; -- expect: hot-table-alter@error

-- case: concurrently
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
DROP INDEX CONCURRENTLY person_email_idx;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email_idx ON person (email);
DROP INDEX person_email_idx;

-- case: renaming an index
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email varchar(50));
CREATE INDEX person_email_idx ON person (email);
-- 0002.sql
ALTER INDEX person_email_idx RENAME TO person_by_email;
