-- tread-conformance/1
-- Statements and options that came with a later version: a syntax error before it, what they do after it.
--: setup
CREATE TABLE person (id bigint PRIMARY KEY, email text, age integer, doubled integer GENERATED ALWAYS AS (age * 2) STORED);
INSERT INTO person (id, email, age) SELECT g, 'p' || g, g FROM generate_series(1, 500) g;
CREATE INDEX person_email ON person (email);
CREATE TABLE team (id bigint PRIMARY KEY, person_id bigint CONSTRAINT team_person REFERENCES person);
INSERT INTO team SELECT g, g FROM generate_series(1, 500) g;
CREATE TABLE event (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO event SELECT g, date '2024-01-01' + g % 300 FROM generate_series(1, 500) g;
CREATE VIEW people AS SELECT id, email FROM person;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

--: case set compression
ALTER TABLE person ALTER COLUMN email SET COMPRESSION pglz;
--: case detach concurrently @alone
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
--: case column with compression
CREATE TABLE note (id bigint, body text COMPRESSION pglz);
--: case create or replace trigger
CREATE OR REPLACE TRIGGER touched BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
--: case statistics on an expression
CREATE STATISTICS person_domain ON (lower(email)) FROM person;
--: case function with a standard body
CREATE FUNCTION one() RETURNS integer LANGUAGE sql RETURN 1;
--: case multirange column
ALTER TABLE person ADD COLUMN spans int4multirange;
--: case reindex to another tablespace
REINDEX (TABLESPACE pg_default) INDEX person_email;
--: case nulls not distinct
ALTER TABLE person ADD CONSTRAINT person_one_email UNIQUE NULLS NOT DISTINCT (email);
--: case unique index with nulls not distinct
CREATE UNIQUE INDEX person_email_age ON person (email, age) NULLS NOT DISTINCT;
--: case merge
MERGE INTO team USING person ON team.person_id = person.id WHEN MATCHED THEN DELETE;
--: case set access method
ALTER TABLE person SET ACCESS METHOD heap;
--: case on delete set null of some columns
ALTER TABLE team ADD CONSTRAINT team_again FOREIGN KEY (person_id) REFERENCES person ON DELETE SET NULL (person_id);
--: case view with the rights of who asks
CREATE VIEW mine WITH (security_invoker = true) AS SELECT id FROM person;
--: case publication of some rows
CREATE PUBLICATION old FOR TABLE person WHERE (id > 100);
--: case publication of a schema
CREATE PUBLICATION everything FOR TABLES IN SCHEMA public;
--: case publication of some columns
CREATE PUBLICATION few FOR TABLE person (id, email);
--: case unlogged sequence
CREATE UNLOGGED SEQUENCE fast;
--: case storage default
ALTER TABLE person ALTER COLUMN email SET STORAGE DEFAULT;
--: case storage in create table
CREATE TABLE note (id bigint, body text STORAGE external);
--: case reindex database without its name @alone
REINDEX DATABASE;
--: case vacuum only the database's statistics @alone
VACUUM (ONLY_DATABASE_STATS);
--: case vacuum without the toast table @alone
VACUUM (PROCESS_TOAST false) person;
--: case vacuum with a buffer limit @alone
VACUUM (BUFFER_USAGE_LIMIT '1MB') person;
--: case set expression
ALTER TABLE person ALTER COLUMN doubled SET EXPRESSION AS (age * 3);
--: case right to maintain
GRANT MAINTAIN ON person TO PUBLIC;
--: case statistics back to default
ALTER TABLE person ALTER COLUMN email SET STATISTICS DEFAULT;
--: case access method back to default
ALTER TABLE person SET ACCESS METHOD DEFAULT;
--: case merge with returning
MERGE INTO team USING person ON team.person_id = person.id WHEN MATCHED THEN DELETE RETURNING team.id;
--: case not null that is not valid
ALTER TABLE person ADD CONSTRAINT person_age NOT NULL age NOT VALID;
--: case not null as a constraint
ALTER TABLE person ADD NOT NULL age;
--: case check that is not enforced
ALTER TABLE person ADD CONSTRAINT adult CHECK (age > 18) NOT ENFORCED;
--: case foreign key that is not enforced
ALTER TABLE team ADD CONSTRAINT loose FOREIGN KEY (person_id) REFERENCES person NOT ENFORCED;
--: case foreign key no longer enforced
ALTER TABLE team ALTER CONSTRAINT team_person NOT ENFORCED;
--: case virtual generated column
ALTER TABLE person ADD COLUMN tripled integer GENERATED ALWAYS AS (age * 3) VIRTUAL;
--: case generated column of no kind
ALTER TABLE person ADD COLUMN tripled integer GENERATED ALWAYS AS (age * 3);
--: case temporal key
CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
--: case uuid of version 7
ALTER TABLE person ADD COLUMN key uuid DEFAULT uuidv7();
--: case returning what was
UPDATE person SET age = age + 1 WHERE id = 1 RETURNING old.age, new.age;
--: case virtual column in create table
CREATE TABLE note (id bigint, twice bigint GENERATED ALWAYS AS (id * 2) VIRTUAL);
--: case like with compression
CREATE TABLE twin (LIKE person INCLUDING COMPRESSION);
--: case grouping by distinct sets
SELECT age FROM person GROUP BY DISTINCT ROLLUP (age);
--: case alias of a join
SELECT j.id FROM (person JOIN team USING (id)) AS j;
--: case only analyzed @alone
VACUUM ONLY person;
--: case analyze only
ANALYZE ONLY event;
