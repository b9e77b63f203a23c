-- tread-conformance/1
-- A kitchen. Changing an enum touches no table; using a new value before COMMIT is an error.
--: setup
CREATE TYPE course AS ENUM ('starter', 'main', 'dessert');
CREATE TABLE dish (id int PRIMARY KEY, course course NOT NULL DEFAULT 'main', note text);
CREATE INDEX dish_course ON dish (course);
CREATE TABLE menu (id int PRIMARY KEY, courses course[]);
CREATE DOMAIN dinner AS course CHECK (VALUE <> 'dessert');
CREATE TABLE dinners (id int PRIMARY KEY, what dinner);
CREATE VIEW mains AS SELECT id FROM dish WHERE course = 'main';
CREATE FUNCTION favourite() RETURNS course LANGUAGE sql AS $$SELECT 'main'::course$$;
INSERT INTO dish SELECT g FROM generate_series(1, 1000) g;
INSERT INTO dinners SELECT g, 'main' FROM generate_series(1, 1000) g;
--: case add value
ALTER TYPE course ADD VALUE 'cheese';
--: case add value before another
ALTER TYPE course ADD VALUE 'soup' BEFORE 'main';
--: case add value after one that does not exist
ALTER TYPE course ADD VALUE 'soup' AFTER 'nothing';
--: case add value that exists
ALTER TYPE course ADD VALUE 'main';
--: case add value if not exists
ALTER TYPE course ADD VALUE IF NOT EXISTS 'main';
--: case add value alone @alone
ALTER TYPE course ADD VALUE 'snack';
--: case add value to nothing
ALTER TYPE nothing_here ADD VALUE 'x';
--: case rename value
ALTER TYPE course RENAME VALUE 'main' TO 'principal';
--: case rename value that does not exist
ALTER TYPE course RENAME VALUE 'nothing' TO 'x';
--: case rename value to one that exists
ALTER TYPE course RENAME VALUE 'main' TO 'dessert';
--: case rename type
ALTER TYPE course RENAME TO part;
--: case rename to one that exists
ALTER TYPE course RENAME TO dinner;
--: case set schema
CREATE SCHEMA kitchen;
ALTER TYPE course SET SCHEMA kitchen;
--: case owner
CREATE ROLE conformance_cook;
ALTER TYPE course OWNER TO conformance_cook;
--: case drop in use
DROP TYPE course;
--: case drop cascade
DROP TYPE course CASCADE;
--: case new value inserted in the same transaction
ALTER TYPE course ADD VALUE 'cheese';
INSERT INTO dish VALUES (5000, 'cheese');
--: case new value in a default
ALTER TYPE course ADD VALUE 'cheese';
ALTER TABLE dish ALTER COLUMN course SET DEFAULT 'cheese';
--: case new value in a check
ALTER TYPE course ADD VALUE 'cheese';
ALTER TABLE dish ADD CONSTRAINT no_cheese CHECK (course <> 'cheese');
--: case new value compared
ALTER TYPE course ADD VALUE 'cheese';
UPDATE dish SET note = 'x' WHERE course = 'cheese';
--: case new value set
ALTER TYPE course ADD VALUE 'cheese';
UPDATE dish SET course = 'cheese' WHERE id = 1;
--: case new value deleted
ALTER TYPE course ADD VALUE 'cheese';
DELETE FROM dish WHERE course = 'cheese';
--: case new value selected
ALTER TYPE course ADD VALUE 'cheese';
SELECT id FROM dish WHERE course = 'cheese';
--: case new value cast
ALTER TYPE course ADD VALUE 'cheese';
SELECT 'cheese'::course;
--: case new value in a partial index
ALTER TYPE course ADD VALUE 'cheese';
CREATE INDEX dish_cheese ON dish (id) WHERE course = 'cheese';
--: case new value in a view
ALTER TYPE course ADD VALUE 'cheese';
CREATE VIEW cheeses AS SELECT id FROM dish WHERE course = 'cheese';
--: case new value as a text elsewhere
ALTER TYPE course ADD VALUE 'cheese';
UPDATE dish SET note = 'cheese' WHERE id = 1;
--: case new value in a function that is not run
ALTER TYPE course ADD VALUE 'cheese';
CREATE FUNCTION best() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN (SELECT count(*) FROM dish WHERE course = 'cheese'); END$$;
--: case new value in a new column
ALTER TYPE course ADD VALUE 'cheese';
ALTER TABLE dish ADD COLUMN second course DEFAULT 'cheese';
--: case new value of an enum made in the same transaction
CREATE TYPE mood AS ENUM ('calm');
ALTER TYPE mood ADD VALUE 'busy';
CREATE TABLE evening (id int, mood mood DEFAULT 'busy');
--: case renamed value used in the same transaction
ALTER TYPE course RENAME VALUE 'main' TO 'principal';
INSERT INTO dish VALUES (5000, 'principal');
--: case a value that the enum does not have
INSERT INTO dish VALUES (5000, 'breakfast');
--: case a default that the enum does not have
ALTER TABLE dish ALTER COLUMN course SET DEFAULT 'breakfast';
--: case create
CREATE TYPE drink AS ENUM ('water', 'wine');
--: case create what exists
CREATE TYPE course AS ENUM ('x');
--: case create with one label twice
CREATE TYPE drink AS ENUM ('water', 'water');
--: case create without labels
CREATE TYPE drink AS ENUM ();
--: case text to enum writes every row
ALTER TABLE dish ALTER COLUMN note TYPE course USING note::course;
--: case enum to text writes every row
ALTER TABLE dinners ALTER COLUMN what TYPE text;
