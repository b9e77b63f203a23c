-- tread-conformance/1
-- Writing rows.
--: setup
CREATE TABLE team (id integer PRIMARY KEY, name text, owner integer);
CREATE TABLE person (id integer PRIMARY KEY, team_id integer REFERENCES team, email text UNIQUE, age integer, boss integer REFERENCES person DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX person_team ON person (team_id);
CREATE INDEX person_boss ON person (boss);
CREATE TABLE note (id integer PRIMARY KEY, person_id integer REFERENCES person ON DELETE CASCADE, body text);
CREATE INDEX note_person ON note (person_id);
CREATE TABLE tag (id integer PRIMARY KEY, note_id integer REFERENCES note ON DELETE SET NULL);
CREATE INDEX tag_note ON tag (note_id);
CREATE TABLE slow (id integer PRIMARY KEY, tag_id integer REFERENCES tag);
CREATE TABLE later (id integer PRIMARY KEY, team_id integer REFERENCES team DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE empty (id integer PRIMARY KEY, team_id integer REFERENCES team);
CREATE TABLE alone (id integer PRIMARY KEY, n integer, label text);
CREATE VIEW elders AS SELECT id, email, age FROM person WHERE age > 60;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE diary (id integer PRIMARY KEY, feeling mood);
INSERT INTO team SELECT g, 'team ' || g, g FROM generate_series(1, 1000) g;
INSERT INTO person SELECT g, g, 'p' || g, g % 80 FROM generate_series(1, 1000) g;
INSERT INTO note SELECT g, g, 'n' FROM generate_series(1, 1000) g;
INSERT INTO tag SELECT g, g FROM generate_series(1, 1000) g;
INSERT INTO slow SELECT g, NULL FROM generate_series(1, 1000) g;
INSERT INTO later SELECT g, g FROM generate_series(1, 1000) g;
INSERT INTO alone SELECT g, g, 'l' FROM generate_series(1, 1000) g;
INSERT INTO diary SELECT g, 'ok' FROM generate_series(1, 1000) g;
ANALYZE;

--: case TRUNCATE alone, team CASCADE
TRUNCATE alone, team CASCADE;

--: case UPDATE alone SET n = 0
UPDATE alone SET n = 0;

--: case UPDATE alone SET n = 0 WHERE true
UPDATE alone SET n = 0 WHERE true;

--: case UPDATE alone SET n = 0 WHERE 1 = 1
UPDATE alone SET n = 0 WHERE 1 = 1;

--: case UPDATE alone SET n = 0 WHERE false
UPDATE alone SET n = 0 WHERE false;

--: case UPDATE alone SET n = 0 WHERE label = 'x'
UPDATE alone SET n = 0 WHERE label = 'x';

--: case UPDATE alone SET n = 0 WHERE label IS NULL
UPDATE alone SET n = 0 WHERE label IS NULL;

--: case UPDATE alone SET n = 0 WHERE id = 3
UPDATE alone SET n = 0 WHERE id = 3;

--: case UPDATE alone SET n = 0 WHERE id IN (3, 4, 5)
UPDATE alone SET n = 0 WHERE id IN (3, 4, 5);

--: case UPDATE alone SET n = 0 WHERE id BETWEEN 3 AND 10
UPDATE alone SET n = 0 WHERE id BETWEEN 3 AND 10;

--: case UPDATE alone SET n = 0 WHERE id < 10 AND label = 'l'
UPDATE alone SET n = 0 WHERE id < 10 AND label = 'l';

--: case UPDATE alone SET n = 0 WHERE id = 3 OR n = 4
UPDATE alone SET n = 0 WHERE id = 3 OR n = 4;

--: case UPDATE alone SET n = 0 WHERE id + 1 = 3
UPDATE alone SET n = 0 WHERE id + 1 = 3;

--: case UPDATE alone SET n = 0 WHERE lower(label) = 'x'
UPDATE alone SET n = 0 WHERE lower(label) = 'x';

--: case UPDATE alone a SET n = t.owner FROM team t WHERE t.id = a.id
UPDATE alone a SET n = t.owner FROM team t WHERE t.id = a.id;

--: case UPDATE alone SET n = (SELECT owner FROM team WHERE team.id = 5)
UPDATE alone SET n = (SELECT owner FROM team WHERE team.id = 5);

--: case UPDATE alone SET nothing = 1
UPDATE alone SET nothing = 1;

--: case UPDATE nobody SET n = 1
UPDATE nobody SET n = 1;

--: case DELETE FROM alone
DELETE FROM alone;

--: case DELETE FROM alone WHERE id = 3
DELETE FROM alone WHERE id = 3;

--: case DELETE FROM alone WHERE label = 'nobody'
DELETE FROM alone WHERE label = 'nobody';

--: case DELETE FROM alone USING team WHERE team.id = alone.id
DELETE FROM alone USING team WHERE team.id = alone.id;

--: case DELETE FROM alone WHERE id IN (SELECT id FROM alone ORDER BY id LIMIT 10)
DELETE FROM alone WHERE id IN (SELECT id FROM alone ORDER BY id LIMIT 10);

--: case DELETE FROM empty
DELETE FROM empty;

--: case INSERT INTO alone VALUES (2000, 1, 'x')
INSERT INTO alone VALUES (2000, 1, 'x');

--: case INSERT INTO alone (id) VALUES (2000), (2001)
INSERT INTO alone (id) VALUES (2000), (2001);

--: case INSERT INTO alone (id, nothing) VALUES (2000, 1)
INSERT INTO alone (id, nothing) VALUES (2000, 1);

--: case INSERT INTO alone SELECT id + 2000, owner, name FROM team
INSERT INTO alone SELECT id + 2000, owner, name FROM team;

--: case INSERT INTO alone SELECT g + 5000 FROM generate_series(1, 3) g
INSERT INTO alone SELECT g + 5000 FROM generate_series(1, 3) g;

--: case INSERT INTO alone (id) SELECT id + 2000 FROM team WHERE id = 3
INSERT INTO alone (id) SELECT id + 2000 FROM team WHERE id = 3;

--: case INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET n = 5
INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET n = 5;

--: case INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT DO NOTHING
INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT DO NOTHING;

--: case INSERT INTO person (id, team_id) VALUES (5000, 1)
INSERT INTO person (id, team_id) VALUES (5000, 1);

--: case INSERT INTO person (id) VALUES (5000)
INSERT INTO person (id) VALUES (5000);

--: case INSERT INTO note (id, person_id) VALUES (5000, 7)
INSERT INTO note (id, person_id) VALUES (5000, 7);

--: case INSERT INTO later (id, team_id) VALUES (5000, 7)
INSERT INTO later (id, team_id) VALUES (5000, 7);

--: case INSERT INTO empty (id, team_id) SELECT id, id FROM team
INSERT INTO empty (id, team_id) SELECT id, id FROM team;

--: case UPDATE person SET age = 1 WHERE id = 3
UPDATE person SET age = 1 WHERE id = 3;

--: case UPDATE person SET team_id = 5 WHERE id = 3
UPDATE person SET team_id = 5 WHERE id = 3;

--: case UPDATE person SET age = 1
UPDATE person SET age = 1;

--: case UPDATE team SET name = 'x' WHERE id = 3
UPDATE team SET name = 'x' WHERE id = 3;

--: case UPDATE tag SET id = 7000 WHERE id = 3
UPDATE tag SET id = 7000 WHERE id = 3;

--: case DELETE FROM slow
DELETE FROM slow;

--: case DELETE FROM tag WHERE id = 3
DELETE FROM tag WHERE id = 3;

--: case DELETE FROM note WHERE id = 3
DELETE FROM note WHERE id = 3;

--: case DELETE FROM person WHERE id = 3
DELETE FROM person WHERE id = 3;

--: case UPDATE elders SET age = 90 WHERE id = 61
UPDATE elders SET age = 90 WHERE id = 61;

--: case DELETE FROM later
DELETE FROM later;

--: case SELECT * FROM person
SELECT * FROM person;

--: case SELECT * FROM person WHERE id = 3
SELECT * FROM person WHERE id = 3;

--: case SELECT * FROM elders
SELECT * FROM elders;

--: case SELECT count(*) FROM person p JOIN team t ON t.id = p.team_id
SELECT count(*) FROM person p JOIN team t ON t.id = p.team_id;

--: case SELECT * FROM alone WHERE id = 3 FOR UPDATE
SELECT * FROM alone WHERE id = 3 FOR UPDATE;

--: case SELECT 1
SELECT 1;

--: case WITH gone AS (DELETE FROM alone WHERE id = 3 RETURNING *) SELECT * FROM gone
WITH gone AS (DELETE FROM alone WHERE id = 3 RETURNING *) SELECT * FROM gone;

--: case WITH few AS (SELECT id FROM team LIMIT 5) UPDATE alone SET n = 1 FROM few WHERE alone.id = few.id
WITH few AS (SELECT id FROM team LIMIT 5) UPDATE alone SET n = 1 FROM few WHERE alone.id = few.id;

--: case MERGE INTO alone a USING team t ON a.id = t.id WHEN MATCHED THEN UPDATE SET n = t.owner @15+
MERGE INTO alone a USING team t ON a.id = t.id WHEN MATCHED THEN UPDATE SET n = t.owner;

--: case INSERT INTO diary VALUES (9000, 'ok')
INSERT INTO diary VALUES (9000, 'ok');

--: case ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'glad')
ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'glad');

--: case ALTER TYPE mood ADD VALUE 'glad'; UPDATE diary SET feeling = 'glad' WHERE id = 4
ALTER TYPE mood ADD VALUE 'glad'; UPDATE diary SET feeling = 'glad' WHERE id = 4;

--: case ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ALTER COLUMN feeling SET DEFAULT 'glad'
ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ALTER COLUMN feeling SET DEFAULT 'glad';

--: case ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ADD COLUMN second mood DEFAULT 'glad'
ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ADD COLUMN second mood DEFAULT 'glad';

--: case ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'ok')
ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'ok');

--: case COPY alone TO '/dev/null'
COPY alone TO '/dev/null';
