import { rows, type Scene } from "./scene.test-helper.ts";

export const writingRows: Scene = {
  name: "writing rows",
  setup: `
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
      ${rows("team", "g, 'team ' || g, g")}
      ${rows("person", "g, g, 'p' || g, g % 80")}
      ${rows("note", "g, g, 'n'")}
      ${rows("tag", "g, g")}
      ${rows("slow", "g, NULL")}
      ${rows("later", "g, g")}
      ${rows("alone", "g, g, 'l'")}
      ${rows("diary", "g, 'ok'")}
      ANALYZE;`,
  statements: `
      UPDATE alone SET n = 0;
      UPDATE alone SET n = 0 WHERE true;
      UPDATE alone SET n = 0 WHERE 1 = 1;
      UPDATE alone SET n = 0 WHERE false;
      UPDATE alone SET n = 0 WHERE label = 'x';
      UPDATE alone SET n = 0 WHERE label IS NULL;
      UPDATE alone SET n = 0 WHERE id = 3;
      UPDATE alone SET n = 0 WHERE id IN (3, 4, 5);
      UPDATE alone SET n = 0 WHERE id BETWEEN 3 AND 10;
      UPDATE alone SET n = 0 WHERE id < 10 AND label = 'l';
      UPDATE alone SET n = 0 WHERE id = 3 OR n = 4;
      UPDATE alone SET n = 0 WHERE id + 1 = 3;
      UPDATE alone SET n = 0 WHERE lower(label) = 'x';
      UPDATE alone a SET n = t.owner FROM team t WHERE t.id = a.id;
      UPDATE alone SET n = (SELECT owner FROM team WHERE team.id = 5);
      UPDATE alone SET nothing = 1;
      UPDATE nobody SET n = 1;
      DELETE FROM alone;
      DELETE FROM alone WHERE id = 3;
      DELETE FROM alone WHERE label = 'nobody';
      DELETE FROM alone USING team WHERE team.id = alone.id;
      DELETE FROM alone WHERE id IN (SELECT id FROM alone ORDER BY id LIMIT 10);
      DELETE FROM empty;
      INSERT INTO alone VALUES (2000, 1, 'x');
      INSERT INTO alone (id) VALUES (2000), (2001);
      INSERT INTO alone (id, nothing) VALUES (2000, 1);
      INSERT INTO alone SELECT id + 2000, owner, name FROM team;
      INSERT INTO alone SELECT g + 5000 FROM generate_series(1, 3) g;
      INSERT INTO alone (id) SELECT id + 2000 FROM team WHERE id = 3;
      INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT (id) DO UPDATE SET n = 5;
      INSERT INTO alone VALUES (1, 1, 'x') ON CONFLICT DO NOTHING;
      INSERT INTO person (id, team_id) VALUES (5000, 1);
      INSERT INTO person (id) VALUES (5000);
      INSERT INTO note (id, person_id) VALUES (5000, 7);
      INSERT INTO later (id, team_id) VALUES (5000, 7);
      INSERT INTO empty (id, team_id) SELECT id, id FROM team;
      UPDATE person SET age = 1 WHERE id = 3;
      UPDATE person SET team_id = 5 WHERE id = 3;
      UPDATE person SET age = 1;
      UPDATE team SET name = 'x' WHERE id = 3;
      UPDATE tag SET id = 7000 WHERE id = 3;
      DELETE FROM slow;
      DELETE FROM tag WHERE id = 3;
      DELETE FROM note WHERE id = 3;
      DELETE FROM person WHERE id = 3;
      UPDATE elders SET age = 90 WHERE id = 61;
      DELETE FROM later;
      SELECT * FROM person;
      SELECT * FROM person WHERE id = 3;
      SELECT * FROM elders;
      SELECT count(*) FROM person p JOIN team t ON t.id = p.team_id;
      SELECT * FROM alone WHERE id = 3 FOR UPDATE;
      SELECT 1;
      WITH gone AS (DELETE FROM alone WHERE id = 3 RETURNING *) SELECT * FROM gone;
      WITH few AS (SELECT id FROM team LIMIT 5) UPDATE alone SET n = 1 FROM few WHERE alone.id = few.id;
      -- 15+
      MERGE INTO alone a USING team t ON a.id = t.id WHEN MATCHED THEN UPDATE SET n = t.owner;
      INSERT INTO diary VALUES (9000, 'ok');
      ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'glad');
      ALTER TYPE mood ADD VALUE 'glad'; UPDATE diary SET feeling = 'glad' WHERE id = 4;
      ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ALTER COLUMN feeling SET DEFAULT 'glad';
      ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE diary ADD COLUMN second mood DEFAULT 'glad';
      ALTER TYPE mood ADD VALUE 'glad'; INSERT INTO diary VALUES (9000, 'ok');
      TRUNCATE alone, team CASCADE;
      COPY alone TO '/dev/null';`,
};
