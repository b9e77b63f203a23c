-- case: by position
-- page: bad
-- 0001.sql
CREATE TABLE plan (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO plan VALUES (1, 'free'); -- expect: insert-without-columns@info

-- case: by name
-- page: good
-- 0001.sql
CREATE TABLE plan (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO plan (id, name) VALUES (1, 'free');
