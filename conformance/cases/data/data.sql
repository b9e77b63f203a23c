-- tread-conformance/1
-- An online shop.
--: setup
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE, vip boolean);
CREATE TABLE purchase (id int PRIMARY KEY, customer int REFERENCES customer (id), total numeric, note text);
CREATE INDEX purchase_customer ON purchase (customer);
CREATE TABLE line (id int PRIMARY KEY, purchase int REFERENCES purchase (id) ON DELETE CASCADE, sku text);
CREATE TABLE staging (id int, email text);
CREATE TABLE metric (day int, value int) PARTITION BY RANGE (day);
CREATE TABLE metric_1 PARTITION OF metric FOR VALUES FROM (0) TO (100);
CREATE TABLE metric_2 PARTITION OF metric FOR VALUES FROM (100) TO (300);
CREATE TABLE parent (id int, n int);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE gadget (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED);
CREATE VIEW vips AS SELECT id, email FROM customer WHERE vip;
INSERT INTO customer SELECT g, 'e' || g, g < 10 FROM generate_series(1, 1000) g;
INSERT INTO purchase SELECT g, g, g FROM generate_series(1, 1000) g;
INSERT INTO customer VALUES (2001, 'unused', false);
INSERT INTO purchase VALUES (2001, 1, 1);
INSERT INTO line SELECT g, g, 'x' FROM generate_series(1, 1000) g;
INSERT INTO staging SELECT g, 'e' || g FROM generate_series(1, 1000) g;
INSERT INTO metric SELECT g, g FROM generate_series(0, 299) g;
INSERT INTO parent SELECT g FROM generate_series(1, 100) g;
INSERT INTO child SELECT g FROM generate_series(1, 100) g;
INSERT INTO gadget (a) SELECT g FROM generate_series(1, 100) g;
--: case insert a row
INSERT INTO customer (id, email) VALUES (9000, 'new');
--: case insert a row that references
INSERT INTO purchase (id, customer) VALUES (9000, 1);
--: case insert from a query
INSERT INTO staging SELECT id, email FROM customer;
--: case insert on conflict do nothing
INSERT INTO customer (id, email) VALUES (1, 'e1') ON CONFLICT DO NOTHING;
--: case insert on conflict do update
INSERT INTO customer (id, email) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET email = excluded.email;
--: case insert on conflict without a key
INSERT INTO customer (id, email) VALUES (1, 'x') ON CONFLICT (vip) DO NOTHING;
--: case insert into a partitioned table
INSERT INTO metric SELECT g, g FROM generate_series(0, 299) g;
--: case insert one row into a partitioned table
INSERT INTO metric VALUES (5, 5);
--: accept which partition is locked is decided by the row's values
--: case insert into a missing column
INSERT INTO customer (id, mail) VALUES (9000, 'new');
--: case insert into a missing table
INSERT INTO nothing_here VALUES (1);
--: case insert a generated column @14+
INSERT INTO gadget (a, twice) VALUES (1, 2);
--: case insert an identity always column @14+
INSERT INTO gadget (id, a) VALUES (9000, 2);
--: case insert overriding
INSERT INTO gadget (id, a) OVERRIDING SYSTEM VALUE VALUES (9000, 2);
--: case insert too many values
INSERT INTO staging VALUES (1, 'a', 'b');
--: case insert too few values for its columns
INSERT INTO staging (id, email) VALUES (1);
--: case insert default values
INSERT INTO gadget DEFAULT VALUES;
--: case insert one column twice
INSERT INTO staging (id, id) VALUES (1, 2);
--: case update everything
UPDATE customer SET vip = true;
--: case update by key
UPDATE customer SET vip = true WHERE id = 1;
--: case update of a referenced key
UPDATE customer SET id = 5000 WHERE id = 2001;
--: case update of a referencing column
UPDATE purchase SET customer = 2 WHERE id = 1;
--: case update from another table
UPDATE customer SET email = s.email FROM staging s WHERE s.id = customer.id;
--: case update a batch
UPDATE customer SET vip = true WHERE id IN (1, 2, 3);
--: case update a missing column
UPDATE customer SET mail = 'x';
--: case update where a missing column
UPDATE customer SET email = 'x' WHERE mail = 'y';
--: case update a column twice
UPDATE customer SET email = 'x', email = 'y' WHERE id = 1;
--: case update a partitioned table
UPDATE metric SET value = 0;
--: case update a parent
UPDATE parent SET n = 1;
--: case update only the parent
UPDATE ONLY parent SET n = 1;
--: case update a generated column @14+
UPDATE gadget SET twice = 1 WHERE id = 1;
--: case delete everything
DELETE FROM staging;
--: case delete by key
DELETE FROM staging WHERE id = 1;
--: case delete what is referenced with a cascade
DELETE FROM purchase WHERE id = 2001;
--: case delete using
DELETE FROM staging USING customer c WHERE c.id = staging.id;
--: case delete from a missing table
DELETE FROM nothing_here;
--: case merge @15+
MERGE INTO customer c USING staging s ON s.id = c.id WHEN MATCHED THEN UPDATE SET email = s.email WHEN NOT MATCHED THEN INSERT (id, email) VALUES (s.id, s.email);
--: case merge before it existed @13-14
MERGE INTO customer c USING staging s ON s.id = c.id WHEN MATCHED THEN DO NOTHING;
--: case merge returning @17+
MERGE INTO customer c USING staging s ON s.id = c.id WHEN MATCHED THEN UPDATE SET email = s.email RETURNING c.id;
--: case merge returning before it existed @15-16
MERGE INTO customer c USING staging s ON s.id = c.id WHEN MATCHED THEN UPDATE SET email = s.email RETURNING c.id;
--: case returning old @18+
UPDATE customer SET email = 'x' WHERE id = 1 RETURNING old.email, new.email;
--: case select
SELECT email FROM customer WHERE id = 1;
--: case select for update
SELECT email FROM customer WHERE id = 1 FOR UPDATE;
--: case select for update of one
SELECT c.email FROM customer c JOIN staging s ON s.id = c.id FOR UPDATE OF c;
--: case select for share skip locked
SELECT email FROM customer WHERE id = 1 FOR SHARE SKIP LOCKED;
--: case select a missing column
SELECT mail FROM customer;
--: case select from a missing table
SELECT 1 FROM nothing_here;
--: case select from a missing schema
SELECT 1 FROM nowhere.customer;
--: case select an ambiguous column
SELECT id FROM customer, purchase;
--: case select whole row
SELECT customer FROM customer WHERE id = 1;
--: case count everything
SELECT count(*) FROM customer;
--: case exists
SELECT EXISTS (SELECT 1 FROM customer WHERE id = 1);
--: case union
SELECT id FROM customer WHERE id = 1 UNION SELECT id FROM purchase WHERE id = 1;
--: case with
WITH v AS (SELECT id FROM customer WHERE id = 1) SELECT id FROM v;
--: case with that writes
WITH gone AS (DELETE FROM staging WHERE id = 1 RETURNING id) SELECT id FROM gone;
--: case values
VALUES (1), (2);
--: case table
TABLE staging;
--: case select only
SELECT n FROM ONLY parent;
--: case copy out
COPY customer TO '/dev/null';
--: case copy out a query
COPY (SELECT id FROM customer) TO '/dev/null';
--: case copy in a partitioned table
COPY metric FROM '/dev/null';
--: case copy in
COPY staging FROM '/dev/null';
--: case copy in with columns
COPY staging (id) FROM '/dev/null';
--: case copy a missing column
COPY staging (nothing_here) FROM '/dev/null';
--: case copy a missing table
COPY nothing_here FROM '/dev/null';
--: case copy into a view
COPY vips FROM '/dev/null';
--: case prepare
PREPARE one AS SELECT email FROM customer WHERE id = $1;
--: case prepare a missing column
PREPARE one AS SELECT mail FROM customer;
--: case prepare a write
PREPARE two (int) AS UPDATE customer SET vip = true WHERE id = $1;
--: case execute
PREPARE marking (int) AS UPDATE customer SET vip = true WHERE id = $1;
EXECUTE marking (1);
--: case execute what was not prepared
EXECUTE nothing_here;
--: case deallocate
PREPARE nothing AS SELECT 1;
DEALLOCATE nothing;
--: case deallocate all
DEALLOCATE ALL;
--: case deallocate what was not prepared
DEALLOCATE nothing_here;
--: case explain
EXPLAIN SELECT email FROM customer WHERE id = 1;
--: case explain a write
EXPLAIN UPDATE customer SET vip = true;
--: case explain analyze a write
EXPLAIN ANALYZE UPDATE customer SET vip = true WHERE id = 1;
--: case declare a cursor
DECLARE c CURSOR FOR SELECT email FROM customer;
--: case fetch from a cursor
DECLARE c CURSOR FOR SELECT email FROM customer WHERE id < 3;
FETCH 1 FROM c;
--: case declare a cursor outside of a transaction @alone
DECLARE c CURSOR FOR SELECT email FROM customer;
--: case fetch from a missing cursor
FETCH ALL FROM nothing_here;
--: case close
DECLARE c CURSOR FOR SELECT 1;
CLOSE c;
--: case close all
CLOSE ALL;
--: case close a missing cursor
CLOSE nothing_here;
--: case update at a cursor
DECLARE c CURSOR FOR SELECT id FROM staging FOR UPDATE;
FETCH 1 FROM c;
UPDATE staging SET email = 'x' WHERE CURRENT OF c;
--: case listen
LISTEN orders;
--: case notify
NOTIFY orders, 'paid';
--: case unlisten
UNLISTEN *;
--: case advisory lock
SELECT pg_advisory_xact_lock(42);
--: case try advisory lock
SELECT pg_try_advisory_lock(42), pg_advisory_unlock(42);
