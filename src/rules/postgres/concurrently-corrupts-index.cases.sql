-- case: a profile from 14.2
-- page: bad
-- postgres: 14
-- environment: eu rows(person)=1000 server=14.2
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email ON person (email); -- expect: concurrently-corrupts-index@error

-- case: a profile from 14.4
-- page: good
-- postgres: 14
-- environment: eu rows(person)=1000 server=14.4
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email ON person (email);

-- case: the minor version is not known
-- postgres: 14
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email ON person (email);
