-- case: the file is copied under a lock
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
ALTER INDEX person_email SET TABLESPACE fast; -- expect: move-index@error

-- case: a small table
-- environment: self_hosted rows(person)=300
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
ALTER INDEX person_email SET TABLESPACE fast; -- expect: move-index@info

-- case: built there while everybody works
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email ON person (email);
-- 0002.sql
REINDEX (TABLESPACE fast, CONCURRENTLY) INDEX person_email;
