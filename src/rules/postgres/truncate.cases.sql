-- case: a table that existed
-- environment: local assume=small
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
TRUNCATE person; -- expect: truncate@error

-- case: with what refers to it
-- 0001.sql
CREATE TABLE team (id bigint PRIMARY KEY);
CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint);
ALTER TABLE person ADD CONSTRAINT person_team_fk FOREIGN KEY (team_id) REFERENCES team (id);
-- 0002.sql
TRUNCATE team CASCADE; -- expect: truncate@error

-- case: a table of the same release
-- 0001.sql
CREATE TABLE scratch (id bigint);
TRUNCATE scratch;
