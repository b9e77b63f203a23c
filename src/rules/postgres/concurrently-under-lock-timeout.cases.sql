-- case: the short timeout of an ALTER applies to the index too
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY person_email_idx ON person (email); -- expect: concurrently-under-lock-timeout@warning

-- case: switched off for it
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text;
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);
