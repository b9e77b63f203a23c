-- case: the whole table in one UPDATE
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET name = trim(name); -- expect: row-by-row@error

-- case: a filter that no index helps
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE email IS NULL; -- expect: row-by-row@error

-- case: a DELETE without a bound
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
DELETE FROM person WHERE email LIKE '%@test'; -- expect: row-by-row@error

-- case: an open range of the key: how many rows is data
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE id > 5000; -- expect: row-by-row@warning

-- case: a short range of the key is a batch
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE id BETWEEN 1 AND 5000;

-- case: code that goes through all rows
-- source: django
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
-- code: update person per_row whole_table -- expect: row-by-row@error

-- case: slices inside one transaction
-- source: django
-- transaction: per-migration
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
-- code: update person whole_table batched -- expect: row-by-row@warning

-- case: slices, each with a transaction of its own
-- source: django
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
-- code: update person whole_table batched

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET name = trim(name); -- expect: row-by-row@info

-- case: one row
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET name = 'root' WHERE id = 1;

-- case: a batch
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
UPDATE person SET email = 'none' WHERE id IN (SELECT id FROM person WHERE email IS NULL ORDER BY id LIMIT 5000);

-- case: copied into a new table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE TABLE mailbox (address text);
INSERT INTO mailbox SELECT email FROM person; -- expect: row-by-row@warning

-- case: rows for a new table
-- 0001.sql
CREATE TABLE plan (id bigint PRIMARY KEY, name text);
INSERT INTO plan VALUES (1, 'free'), (2, 'paid');
UPDATE plan SET name = upper(name);

-- case: batches joined with a bounded query
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents bigint, amount numeric);
-- 0002.sql
WITH todo AS (SELECT id FROM payment WHERE amount IS NULL ORDER BY id LIMIT 5000 FOR UPDATE SKIP LOCKED)
UPDATE payment SET amount = cents / 100.0 FROM todo WHERE payment.id = todo.id;
WITH todo AS (SELECT id FROM payment WHERE amount IS NULL LIMIT 5000)
DELETE FROM payment WHERE id IN (SELECT id FROM todo);
UPDATE payment p SET amount = 0 FROM (SELECT id FROM payment WHERE cents = 0 LIMIT 100) batch WHERE batch.id = p.id;
UPDATE payment SET amount = fixed.amount FROM (VALUES (17, 2.5), (18, 3.5)) AS fixed (id, amount) WHERE payment.id = fixed.id;
DELETE FROM payment WHERE ctid = ANY (ARRAY(SELECT ctid FROM payment WHERE amount = 0 LIMIT 1000));

-- case: a common table expression without a bound is no batch
-- 0001.sql
CREATE TABLE payment (id bigint PRIMARY KEY, cents bigint, amount numeric);
-- 0002.sql
WITH todo AS (SELECT id FROM payment WHERE amount IS NULL)
UPDATE payment SET amount = cents / 100.0 FROM todo WHERE payment.id = todo.id; -- expect: row-by-row@error
