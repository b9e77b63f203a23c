-- case: on a table that has rows
-- page: bad
-- environment: eu rows(person)=1000 rows(visit)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE visit (id bigint PRIMARY KEY, person_id bigint);
CREATE INDEX visit_person ON visit (person_id);
-- 0002.sql
ALTER TABLE visit ADD CONSTRAINT visit_person FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE NOT VALID; -- expect: foreign-key-cascade@info

-- case: the database refuses
-- page: good
-- environment: eu rows(person)=1000 rows(visit)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE visit (id bigint PRIMARY KEY, person_id bigint);
CREATE INDEX visit_person ON visit (person_id);
-- 0002.sql
ALTER TABLE visit ADD CONSTRAINT visit_person FOREIGN KEY (person_id) REFERENCES person (id) NOT VALID;

-- case: a table of the same release
-- environment: eu rows(person)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE visit (person_id bigint PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE);
