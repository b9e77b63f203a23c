-- case: even a nullable column
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@error

-- case: a timeout beyond what users may be asked to bear
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@error

-- case: a timeout within it
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
SET lock_timeout = '10ms';
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@warning

-- case: work that grows with the table is said once
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN number bigserial; -- expect: add-column-rewrite@error

-- case: an index concurrently
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);

-- case: unknown traffic is not hot
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
ALTER TABLE person ADD COLUMN region text;

-- case: another table
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE invoice (id bigint PRIMARY KEY);
-- 0002.sql
ALTER TABLE invoice ADD COLUMN total numeric;

-- case: in one transaction the lock is waited for once
-- transaction: per-migration
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
SET LOCAL lock_timeout = '10ms';
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@warning
ALTER TABLE person ADD COLUMN plan text;

-- case: in two transactions twice
-- environment: cloud rows(person)=2004118230 reads(person)=5200 longest(person)=41
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
-- 0002.sql
SET lock_timeout = '10ms';
ALTER TABLE person ADD COLUMN region text; -- expect: hot-table-alter@warning
ALTER TABLE person ADD COLUMN plan text; -- expect: hot-table-alter@warning
