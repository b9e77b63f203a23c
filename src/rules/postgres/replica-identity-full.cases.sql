-- case: although there is a key
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person REPLICA IDENTITY FULL; -- expect: replica-identity-full@info

-- case: by an index
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
CREATE UNIQUE INDEX person_name_key ON person (name);
-- 0002.sql
ALTER TABLE person REPLICA IDENTITY USING INDEX person_name_key;
