-- case: UNIQUE
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email); -- expect: add-unique-constraint@error

-- case: PRIMARY KEY
-- 0001.sql
CREATE TABLE person (id bigint NOT NULL);
-- 0002.sql
ALTER TABLE person ADD PRIMARY KEY (id); -- expect: add-unique-constraint@error

-- case: EXCLUDE
-- 0001.sql
CREATE TABLE booking (id bigint PRIMARY KEY, during tstzrange);
-- 0002.sql
ALTER TABLE booking ADD CONSTRAINT booking_during_excl EXCLUDE USING gist (during WITH &&); -- expect: add-unique-constraint@error

-- case: inline on a new column
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN handle text UNIQUE; -- expect: add-unique-constraint@error

-- case: a primary key from an index, over a column that may be NULL
-- 0001.sql
CREATE TABLE person (id bigint);
CREATE UNIQUE INDEX person_id_idx ON person (id);
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_pkey PRIMARY KEY USING INDEX person_id_idx; -- expect: add-unique-constraint@error

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email); -- expect: add-unique-constraint@info

-- case: from an index that was built concurrently
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE UNIQUE INDEX CONCURRENTLY person_email_idx ON person (email);
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE USING INDEX person_email_idx;

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE (email);

-- case: the index first, concurrently; then the constraint from it, in a migration of its own
-- page: good
-- release: 0002.sql
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE UNIQUE INDEX CONCURRENTLY person_email_idx ON person (email);
-- 0003.sql
ALTER TABLE person ADD CONSTRAINT person_email_key UNIQUE USING INDEX person_email_idx;
