-- case: an integer points to a bigint
-- page: bad
-- environment: eu rows(person)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
CREATE TABLE pet (person_id integer PRIMARY KEY REFERENCES person (id)); -- expect: foreign-key-type-mismatch@info

-- case: an existing column
-- environment: eu rows(person)=1000 rows(pet)=1000
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE pet (person_id integer PRIMARY KEY);
-- 0002.sql
ALTER TABLE pet ADD CONSTRAINT pet_person FOREIGN KEY (person_id) REFERENCES person (id) NOT VALID; -- expect: foreign-key-type-mismatch@info

-- case: a wider column
-- environment: eu rows(country)=200
-- 0001.sql
CREATE TABLE country (id smallint PRIMARY KEY);
-- 0002.sql
CREATE TABLE city (country_id bigint PRIMARY KEY REFERENCES country (id)); -- expect: foreign-key-type-mismatch@info

-- case: the same type
-- page: good
-- environment: eu rows(person)=1000 rows(country)=200
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE country (code text PRIMARY KEY);
-- 0002.sql
CREATE TABLE pet (person_id bigint PRIMARY KEY REFERENCES person (id));
CREATE TABLE city (country varchar(2) PRIMARY KEY REFERENCES country (code));
