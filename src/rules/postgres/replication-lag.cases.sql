-- case: every row of 812 GB is changed
-- page: bad
-- environment: cloud rows(person)=2000000000 bytes(person)=812000000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET name = trim(name); -- expect: row-by-row, replication-lag@info

-- case: one batch
-- page: good
-- environment: cloud rows(person)=2000000000 bytes(person)=812000000000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE id IN (SELECT id FROM person WHERE email IS NULL ORDER BY id LIMIT 5000);
