-- tread-conformance/1
-- A postal service. A domain is checked in every column that is of it: directly or through another domain. Inside an array or a composite it cannot be.
--: setup
CREATE DOMAIN postcode AS text;
CREATE DOMAIN checked_postcode AS text CHECK (VALUE <> '') DEFAULT 'none';
CREATE DOMAIN nested_postcode AS postcode;
CREATE TYPE address AS (street text, code postcode);
CREATE TABLE parcel (id int PRIMARY KEY, code postcode);
CREATE TABLE letter (id int PRIMARY KEY, code nested_postcode);
CREATE TABLE route (id int PRIMARY KEY, stops postcode[]);
CREATE TABLE customer (id int PRIMARY KEY, home address);
CREATE TABLE office (id int PRIMARY KEY, code checked_postcode);
CREATE TABLE unrelated (id int PRIMARY KEY, code text);
CREATE TABLE event (id int, code checked_postcode) PARTITION BY RANGE (id);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (1000);
CREATE VIEW parcels AS SELECT id, code FROM parcel;
CREATE MATERIALIZED VIEW office_codes AS SELECT code FROM office;
INSERT INTO parcel SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO letter SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO office SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO event SELECT g, 'x' FROM generate_series(1, 200) g;
INSERT INTO unrelated SELECT g, 'x' FROM generate_series(1, 200) g;
REFRESH MATERIALIZED VIEW office_codes;
--: case a check on a domain that an array and a composite hold cannot be added
ALTER DOMAIN postcode ADD CONSTRAINT not_blank CHECK (VALUE <> '');
--: case not validated nothing is read
ALTER DOMAIN checked_postcode ADD CONSTRAINT short CHECK (length(VALUE) < 20) NOT VALID;
--: case a check is checked in every table and in a materialized view
ALTER DOMAIN checked_postcode ADD CONSTRAINT short CHECK (length(VALUE) < 20);
--: case through the domain over it
ALTER DOMAIN nested_postcode ADD CHECK (VALUE <> 'y');
--: case validate what was not valid
ALTER DOMAIN checked_postcode ADD CONSTRAINT short CHECK (length(VALUE) < 20) NOT VALID;
ALTER DOMAIN checked_postcode VALIDATE CONSTRAINT short;
--: case validate what is valid already
ALTER DOMAIN checked_postcode VALIDATE CONSTRAINT checked_postcode_check;
--: case validate what does not exist
ALTER DOMAIN checked_postcode VALIDATE CONSTRAINT nothing_here;
--: case set not null
ALTER DOMAIN checked_postcode SET NOT NULL;
--: case set not null where an array holds it
ALTER DOMAIN postcode SET NOT NULL;
--: case set not null twice
ALTER DOMAIN checked_postcode SET NOT NULL;
ALTER DOMAIN checked_postcode SET NOT NULL;
--: case drop not null
ALTER DOMAIN checked_postcode DROP NOT NULL;
--: case set default
ALTER DOMAIN checked_postcode SET DEFAULT 'nowhere';
--: case drop constraint that does not exist
ALTER DOMAIN checked_postcode DROP CONSTRAINT nothing_here;
--: case drop constraint if exists
ALTER DOMAIN checked_postcode DROP CONSTRAINT IF EXISTS nothing_here;
--: case rename constraint
ALTER DOMAIN checked_postcode RENAME CONSTRAINT checked_postcode_check TO filled;
--: case rename constraint that does not exist
ALTER DOMAIN checked_postcode RENAME CONSTRAINT nothing_here TO filled;
--: case add a constraint whose name is taken
ALTER DOMAIN checked_postcode ADD CONSTRAINT checked_postcode_check CHECK (VALUE <> 'z');
--: case rename
ALTER DOMAIN checked_postcode RENAME TO filled_postcode;
--: case set schema
CREATE SCHEMA post;
ALTER DOMAIN checked_postcode SET SCHEMA post;
--: case owner
CREATE ROLE conformance_clerk;
ALTER DOMAIN checked_postcode OWNER TO conformance_clerk;
--: case a domain that does not exist
ALTER DOMAIN nothing_here SET NOT NULL;
--: case an enum is no domain
CREATE TYPE mood AS ENUM ('fine');
ALTER DOMAIN mood SET NOT NULL;
--: case drop in use
DROP DOMAIN checked_postcode;
--: case drop cascade
DROP DOMAIN checked_postcode CASCADE;
--: case drop cascade through domains arrays and composites
DROP DOMAIN postcode CASCADE;
--: case drop what does not exist
DROP DOMAIN nothing_here;
--: case create over a domain
CREATE DOMAIN strict_postcode AS checked_postcode NOT NULL;
--: case create what exists
CREATE DOMAIN postcode AS text;
--: case create over nothing
CREATE DOMAIN lost AS nothing_here;
--: case add a column of a domain with a check reads and writes every row
ALTER TABLE unrelated ADD COLUMN zip checked_postcode;
--: case comment on a constraint
COMMENT ON CONSTRAINT checked_postcode_check ON DOMAIN checked_postcode IS 'not blank';
