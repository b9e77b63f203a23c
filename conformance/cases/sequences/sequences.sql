-- tread-conformance/1
-- A ticket office.
--: setup
CREATE TABLE ticket (id serial PRIMARY KEY, number int, note text);
CREATE TABLE seat (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, row int);
CREATE SEQUENCE loose;
CREATE SEQUENCE used;
ALTER TABLE ticket ALTER COLUMN number SET DEFAULT nextval('used');
CREATE VIEW plain AS SELECT id FROM ticket;
INSERT INTO ticket (note) SELECT 'x' FROM generate_series(1, 200);
INSERT INTO seat (row) SELECT g FROM generate_series(1, 200) g;
--: case create
CREATE SEQUENCE more START 100 INCREMENT 10 CACHE 5;
--: case create what exists
CREATE SEQUENCE loose;
--: case create if not exists
CREATE SEQUENCE IF NOT EXISTS loose;
--: case create owned
CREATE SEQUENCE more OWNED BY ticket.number;
--: case create owned by a missing column
CREATE SEQUENCE more OWNED BY ticket.price;
--: case create unlogged @15+
CREATE UNLOGGED SEQUENCE more;
--: case create as smallint
CREATE SEQUENCE more AS smallint;
--: case restart
ALTER SEQUENCE loose RESTART WITH 1000;
--: case increment
ALTER SEQUENCE loose INCREMENT BY 5 CACHE 10;
--: case as another type
ALTER SEQUENCE loose AS integer;
--: case as another type in use
ALTER SEQUENCE ticket_id_seq AS bigint;
--: case owned by
ALTER SEQUENCE loose OWNED BY ticket.number;
--: case owned by none
ALTER SEQUENCE ticket_id_seq OWNED BY NONE;
--: case owned by a view's column
ALTER SEQUENCE loose OWNED BY plain.id;
--: case rename
ALTER SEQUENCE loose RENAME TO tight;
--: case rename in use
ALTER SEQUENCE used RENAME TO tight;
--: case rename to what exists
ALTER SEQUENCE loose RENAME TO ticket;
--: case rename what does not exist
ALTER SEQUENCE nothing_here RENAME TO tight;
--: case alter what does not exist
ALTER SEQUENCE nothing_here RESTART;
--: case alter if exists
ALTER SEQUENCE IF EXISTS nothing_here RESTART;
--: case set schema
CREATE SCHEMA office;
ALTER SEQUENCE loose SET SCHEMA office;
--: case set schema of an owned one
CREATE SCHEMA office;
ALTER SEQUENCE ticket_id_seq SET SCHEMA office;
--: case owner
CREATE ROLE conformance_clerk;
ALTER SEQUENCE loose OWNER TO conformance_clerk;
--: case set logged @15+
ALTER SEQUENCE loose SET UNLOGGED;
--: case drop
DROP SEQUENCE loose;
--: case drop in use
DROP SEQUENCE ticket_id_seq;
--: case drop in use cascade
DROP SEQUENCE ticket_id_seq CASCADE;
--: case drop used by a default
DROP SEQUENCE used;
--: case drop used by a default cascade
DROP SEQUENCE used CASCADE;
--: case drop of an identity
DROP SEQUENCE seat_id_seq;
--: case drop what does not exist
DROP SEQUENCE nothing_here;
--: case drop if exists
DROP SEQUENCE IF EXISTS nothing_here;
--: case drop several
DROP SEQUENCE loose, used CASCADE;
--: case drop a table
DROP SEQUENCE ticket;
--: case nextval
SELECT nextval('loose');
--: case nextval of nothing
SELECT nextval('nothing_here');
--: case setval
SELECT setval('ticket_id_seq', (SELECT max(id) FROM ticket));
--: case currval of an owned sequence by its column
SELECT pg_get_serial_sequence('ticket', 'id');
--: case grant
CREATE ROLE conformance_clerk;
GRANT USAGE ON SEQUENCE loose TO conformance_clerk;
--: case grant on all in schema
CREATE ROLE conformance_clerk;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO conformance_clerk;
--: case comment
COMMENT ON SEQUENCE loose IS 'by hand';
--: case read it as a table
SELECT last_value FROM loose;
--: case drop the table that owns it
DROP TABLE ticket CASCADE;
--: case drop the column that owns it
ALTER TABLE ticket DROP COLUMN id;
--: case identity restart
ALTER TABLE seat ALTER COLUMN id RESTART WITH 5000;
--: case default from a missing sequence
ALTER TABLE seat ALTER COLUMN row SET DEFAULT nextval('nothing_here');
