-- case: checked at once
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200); -- expect: add-check-validated@error

-- case: on a new column it is checked too
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN age integer CHECK (age > 0); -- expect: add-check-validated@error

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200); -- expect: add-check-validated@info

-- case: in two transactions
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200) NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_name_short;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text);
ALTER TABLE person ADD CONSTRAINT person_name_short CHECK (length(name) < 200);

-- case: beside a sub-command that rewrites the table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid(), ADD CONSTRAINT person_named CHECK (name <> ''); -- expect: add-check-validated@error, add-column-volatile-default@error
