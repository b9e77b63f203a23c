-- case: off for good
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET (autovacuum_enabled = false); -- expect: autovacuum-disabled@info

-- case: tuned
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_enabled = true);

-- case: off while rows are loaded
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person SET (autovacuum_enabled = off);
INSERT INTO person (id, name) VALUES (1, 'root');
ALTER TABLE person RESET (autovacuum_enabled);
