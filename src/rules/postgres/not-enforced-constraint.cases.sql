-- case: a CHECK that is not enforced
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT ENFORCED; -- expect: not-enforced-constraint@info

-- case: NOT VALID checks what comes
-- page: good
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, age int);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_adult CHECK (age >= 18) NOT VALID;
