-- tread-conformance/1
-- A rowing club.
--: setup
CREATE TABLE users (id int PRIMARY KEY, nick text NOT NULL, email text, club int);
CREATE TABLE boat (id int PRIMARY KEY, owner int REFERENCES users (id), seats int);
CREATE VIEW people AS SELECT id, nick FROM users;
CREATE VIEW crews AS SELECT p.id, p.nick, b.seats FROM people p JOIN boat b ON b.owner = p.id;
CREATE VIEW long_boats AS SELECT id, seats FROM boat WHERE seats > 4 WITH CHECK OPTION;
CREATE MATERIALIZED VIEW fleet AS SELECT owner, count(*) AS boats FROM boat GROUP BY owner;
CREATE UNIQUE INDEX fleet_owner ON fleet (owner);
CREATE MATERIALIZED VIEW nicks AS SELECT nick FROM people;
CREATE INDEX nicks_nick ON nicks (nick);
CREATE MATERIALIZED VIEW later AS SELECT id FROM users WITH NO DATA;
INSERT INTO users SELECT g, 'n' || g, NULL, 1 FROM generate_series(1, 1000) g;
INSERT INTO boat SELECT g, g, 4 FROM generate_series(1, 1000) g;
REFRESH MATERIALIZED VIEW fleet;
REFRESH MATERIALIZED VIEW nicks;
--: case a view on a table
CREATE VIEW v AS SELECT nick FROM users;
--: case a column that does not exist
CREATE VIEW v AS SELECT nik FROM users;
--: case a qualified column that does not exist
CREATE VIEW v AS SELECT u.nik FROM users u;
--: case a column that does not exist in where
CREATE VIEW v AS SELECT nick FROM users WHERE nik = 'x';
--: case an alias that does not exist
CREATE VIEW v AS SELECT x.nick FROM users u;
--: case a table that does not exist
CREATE VIEW v AS SELECT nick FROM user_accounts;
--: case a view on a view locks only what it names
CREATE VIEW v AS SELECT nick FROM people;
--: case a view that exists
CREATE VIEW people AS SELECT 1 AS id;
--: case replace with the same columns
CREATE OR REPLACE VIEW people AS SELECT id, nick FROM users WHERE club = 1;
--: case replace with one column more
CREATE OR REPLACE VIEW people AS SELECT id, nick, email FROM users;
--: case replace with a column less
CREATE OR REPLACE VIEW people AS SELECT id FROM users;
--: case replace with a renamed column
CREATE OR REPLACE VIEW people AS SELECT id, nick AS name FROM users;
--: case replace with another type
CREATE OR REPLACE VIEW people AS SELECT id::bigint AS id, nick FROM users;
--: case replace what is a table
CREATE OR REPLACE VIEW users AS SELECT 1 AS id;
--: case replace what is new
CREATE OR REPLACE VIEW fresh AS SELECT id FROM users;
--: case rename a view
ALTER VIEW people RENAME TO persons;
--: case rename a column of a view
ALTER VIEW people RENAME COLUMN nick TO name;
--: case set a default on a view's column
ALTER VIEW people ALTER COLUMN nick SET DEFAULT 'x';
--: case security barrier
ALTER VIEW people SET (security_barrier = true);
--: case security invoker @15+
ALTER VIEW people SET (security_invoker = true);
--: case set schema of a view
CREATE SCHEMA club;
ALTER VIEW people SET SCHEMA club;
--: case owner of a view
CREATE ROLE conformance_cox;
ALTER VIEW people OWNER TO conformance_cox;
--: case drop in use
DROP VIEW people;
--: case drop cascade
DROP VIEW people CASCADE;
--: case drop a leaf
DROP VIEW crews;
--: case drop if exists
DROP VIEW IF EXISTS nothing_here;
--: case drop a table as a view
DROP VIEW users;
--: case drop a column that a view reads
ALTER TABLE users DROP COLUMN nick;
--: case drop a column that a view reads cascade
ALTER TABLE users DROP COLUMN nick CASCADE;
--: case drop a table that views read cascade
DROP TABLE boat CASCADE;
--: case change the type of a column that a view reads
ALTER TABLE boat ALTER COLUMN seats TYPE bigint;
--: case insert through a view
INSERT INTO people (id, nick) VALUES (5000, 'new');
--: case update through a view
UPDATE people SET nick = 'x' WHERE id = 1;
--: case delete through a view with a check option
DELETE FROM long_boats WHERE id = 1;
--: case insert into a view that joins
INSERT INTO crews (id) VALUES (1);
--: case insert a column the view does not have
INSERT INTO people (id, email) VALUES (5000, 'x');
--: case select from a view
SELECT nick FROM crews;
--: case refresh
REFRESH MATERIALIZED VIEW fleet;
--: case refresh concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY fleet;
--: case refresh concurrently without a unique index
REFRESH MATERIALIZED VIEW CONCURRENTLY nicks;
--: case refresh concurrently what holds no data
REFRESH MATERIALIZED VIEW CONCURRENTLY later;
--: case refresh with no data
REFRESH MATERIALIZED VIEW fleet WITH NO DATA;
--: case refresh a plain view
REFRESH MATERIALIZED VIEW people;
--: case refresh what reads a view
REFRESH MATERIALIZED VIEW nicks;
--: case create a materialized view
CREATE MATERIALIZED VIEW m AS SELECT nick FROM users;
--: case create a materialized view of a missing column
CREATE MATERIALIZED VIEW m AS SELECT nik FROM users;
--: case create a materialized view with no data
CREATE MATERIALIZED VIEW m AS SELECT nick FROM users WITH NO DATA;
--: case create a materialized view if not exists
CREATE MATERIALIZED VIEW IF NOT EXISTS fleet AS SELECT 1 AS x;
--: case rename a materialized view
ALTER MATERIALIZED VIEW fleet RENAME TO navy;
--: case rename a column of a materialized view
ALTER MATERIALIZED VIEW fleet RENAME COLUMN boats TO count;
--: case drop a materialized view
DROP MATERIALIZED VIEW fleet;
--: case drop a materialized view as a view
DROP VIEW fleet;
--: case index on a materialized view
CREATE INDEX ON fleet (boats);
--: case storage of a materialized view
ALTER MATERIALIZED VIEW fleet SET (fillfactor = 70);
--: case cluster on of a materialized view
ALTER MATERIALIZED VIEW fleet CLUSTER ON fleet_owner;
--: case a temporary view
CREATE TEMP VIEW mine AS SELECT id FROM users;
--: case a recursive view
CREATE RECURSIVE VIEW counting (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 10;
--: case a view of values
CREATE VIEW colours AS SELECT * FROM (VALUES (1, 'red')) AS c (id, name);
--: case a view with more names than columns
CREATE VIEW v (a, b, c) AS SELECT id, nick FROM users;
--: case a view with one name twice
CREATE VIEW v AS SELECT id, id FROM users;
--: case alter table on a view
ALTER TABLE people ADD COLUMN x int;
--: case comment on a view
COMMENT ON VIEW people IS 'who rows';
--: case comment on a materialized view
COMMENT ON MATERIALIZED VIEW fleet IS 'what floats';
--: case grant on a view
GRANT SELECT ON people TO PUBLIC;
--: case lock a view
LOCK TABLE people IN ACCESS EXCLUSIVE MODE;
--: case truncate a view
TRUNCATE people;
--: case index on a view
CREATE INDEX ON people (nick);
--: case trigger on a view
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER keep INSTEAD OF INSERT ON crews FOR EACH ROW EXECUTE FUNCTION keep();
