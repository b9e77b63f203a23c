-- tread-conformance/1
-- A publisher's own publications.
--: setup
CREATE SCHEMA press;
CREATE TABLE book (id int PRIMARY KEY, title text);
CREATE TABLE press.run (id int PRIMARY KEY, book int);
CREATE TABLE sale (day int PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE sale_1 PARTITION OF sale FOR VALUES FROM (0) TO (100);
CREATE VIEW titles AS SELECT title FROM book;
CREATE PUBLICATION existing FOR TABLE book;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
INSERT INTO book SELECT g, 'x' FROM generate_series(1, 200) g;
--: case empty
CREATE PUBLICATION p;
--: case for a table
CREATE PUBLICATION p FOR TABLE book;
--: case for several tables
CREATE PUBLICATION p FOR TABLE book, press.run;
--: case for a partitioned table
CREATE PUBLICATION p FOR TABLE sale;
--: case for a parent
CREATE PUBLICATION p FOR TABLE parent;
--: case for only a parent
CREATE PUBLICATION p FOR TABLE ONLY parent;
--: case for all tables
CREATE PUBLICATION p FOR ALL TABLES;
--: case for the tables of a schema @15+
CREATE PUBLICATION p FOR TABLES IN SCHEMA press;
--: case for the tables of a schema before it existed @13-14
CREATE PUBLICATION p FOR TABLES IN SCHEMA press;
--: case with a row filter @15+
CREATE PUBLICATION p FOR TABLE book WHERE (id > 5);
--: case with a row filter before it existed @13-14
CREATE PUBLICATION p FOR TABLE book WHERE (id > 5);
--: case with columns @15+
CREATE PUBLICATION p FOR TABLE book (id, title);
--: case that exists
CREATE PUBLICATION existing;
--: case of a missing table
CREATE PUBLICATION p FOR TABLE nothing_here;
--: case of a view
CREATE PUBLICATION p FOR TABLE titles;
--: case add a table
ALTER PUBLICATION existing ADD TABLE press.run;
--: case add a table that it has
ALTER PUBLICATION existing ADD TABLE book;
--: case drop a table
ALTER PUBLICATION existing DROP TABLE book;
--: case drop a table that it has not
ALTER PUBLICATION existing DROP TABLE press.run;
--: case set tables
ALTER PUBLICATION existing SET TABLE press.run;
--: case set options
ALTER PUBLICATION existing SET (publish = 'insert');
--: case rename
ALTER PUBLICATION existing RENAME TO other;
--: case owner
CREATE ROLE conformance_publisher SUPERUSER;
ALTER PUBLICATION existing OWNER TO conformance_publisher;
--: case alter what does not exist
ALTER PUBLICATION nothing_here ADD TABLE book;
--: case drop
DROP PUBLICATION existing;
--: case drop what does not exist
DROP PUBLICATION nothing_here;
--: case drop if exists
DROP PUBLICATION IF EXISTS nothing_here;
--: case replica identity full
ALTER TABLE book REPLICA IDENTITY FULL;
--: case replica identity nothing
ALTER TABLE book REPLICA IDENTITY NOTHING;
--: case replica identity by index
ALTER TABLE book REPLICA IDENTITY USING INDEX book_pkey;
--: case replica identity default
ALTER TABLE book REPLICA IDENTITY DEFAULT;
--: case replica identity by a missing index
ALTER TABLE book REPLICA IDENTITY USING INDEX nothing_here;
--: case subscription without connecting
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false);
--: case subscription in a transaction
CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p;
--: case alter a missing subscription
ALTER SUBSCRIPTION nothing_here DISABLE;
--: case drop a missing subscription
DROP SUBSCRIPTION nothing_here;
--: case drop a missing subscription if exists
DROP SUBSCRIPTION IF EXISTS nothing_here;
--: case comment
COMMENT ON PUBLICATION existing IS 'to the warehouse';
