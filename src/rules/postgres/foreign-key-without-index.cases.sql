-- case: an existing table
-- page: bad
-- environment: eu rows(person)=1000 rows(pet)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE pet (id bigint PRIMARY KEY, person_id bigint);
-- 0002.sql
ALTER TABLE pet ADD CONSTRAINT pet_person FOREIGN KEY (person_id) REFERENCES person (id) NOT VALID; -- expect: foreign-key-without-index@info

-- case: the index comes later in the release
-- page: good
-- environment: eu rows(person)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE pet (id bigint PRIMARY KEY, person_id bigint REFERENCES person (id));
CREATE INDEX pet_person ON pet (person_id);

-- case: the key begins the primary key
-- environment: eu rows(person)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE pet (person_id bigint REFERENCES person (id), name text, PRIMARY KEY (person_id, name));
