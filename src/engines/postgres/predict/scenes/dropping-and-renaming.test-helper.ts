import { rows, type Scene } from "./scene.test-helper.ts";

export const droppingAndRenaming: Scene = {
  name: "dropping and renaming",
  setup: `
      CREATE TABLE team (id integer PRIMARY KEY, name text UNIQUE);
      CREATE TABLE person (id bigint PRIMARY KEY, team_id integer REFERENCES team, email text, age integer, twice integer GENERATED ALWAYS AS (age * 2) STORED,
        a integer, b integer, CONSTRAINT a_b CHECK (a < b));
      CREATE INDEX person_email ON person (email);
      CREATE INDEX person_a_b ON person (a) INCLUDE (b);
      CREATE UNIQUE INDEX person_lower ON person (lower(email)) WHERE age > 3;
      CREATE TABLE badge (id integer PRIMARY KEY, person_id bigint REFERENCES person ON DELETE CASCADE, team_name text REFERENCES team (name));
      CREATE TABLE lonely (id integer, note text);
      CREATE VIEW grown AS SELECT id, email FROM person WHERE age > 17;
      CREATE VIEW all_of_it AS SELECT * FROM lonely;
      CREATE MATERIALIZED VIEW ages AS SELECT age, count(*) AS n FROM person GROUP BY age;
      CREATE TABLE free (id integer);
      CREATE SCHEMA cellar;
      CREATE SCHEMA attic;
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TYPE weather AS ENUM ('sun', 'rain');
      CREATE DOMAIN plain AS text;
      CREATE TABLE cellar.note (id integer PRIMARY KEY, feeling mood DEFAULT 'ok', body plain);
      CREATE SEQUENCE counter;
      CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      CREATE TRIGGER touch_age BEFORE UPDATE OF b ON person FOR EACH ROW EXECUTE FUNCTION touch();
      ${rows("team", "g, 'team ' || g")}
      ${rows("person (id, team_id, email, age, a, b)", "g, g, 'p' || g, g % 80, g, g + 1")}
      ${rows("badge", "g, g, 'team ' || g")}
      ${rows("lonely", "g, 'n'")}`,
  statements: `
      ALTER SCHEMA cellar RENAME TO vault;
      ALTER SCHEMA cellar RENAME TO attic;
      ALTER SCHEMA nowhere RENAME TO vault;
      ALTER TYPE mood RENAME TO humour;
      ALTER TYPE mood RENAME TO weather;
      ALTER TYPE nothing RENAME TO humour;
      ALTER TYPE mood SET SCHEMA cellar;
      ALTER DOMAIN plain RENAME TO prose;
      ALTER DOMAIN plain SET SCHEMA cellar;
      ALTER TABLE person DROP COLUMN team_id;
      ALTER TABLE person DROP COLUMN email;
      ALTER TABLE person DROP COLUMN email CASCADE;
      ALTER TABLE person DROP COLUMN age;
      ALTER TABLE person DROP COLUMN age CASCADE;
      ALTER TABLE person DROP COLUMN twice;
      ALTER TABLE person DROP COLUMN a;
      ALTER TABLE person DROP COLUMN b;
      ALTER TABLE person DROP COLUMN b CASCADE;
      ALTER TABLE person DROP COLUMN id;
      ALTER TABLE person DROP COLUMN id CASCADE;
      ALTER TABLE person DROP COLUMN nothing;
      ALTER TABLE person DROP COLUMN IF EXISTS nothing;
      ALTER TABLE team DROP COLUMN name;
      ALTER TABLE lonely DROP COLUMN note;
      ALTER TABLE free DROP COLUMN id;
      DROP TABLE free;
      DROP TABLE IF EXISTS free, nobody;
      DROP TABLE nobody;
      DROP TABLE badge;
      DROP TABLE lonely;
      DROP TABLE lonely CASCADE;
      DROP TABLE person;
      DROP TABLE person CASCADE;
      DROP TABLE team;
      DROP TABLE team CASCADE;
      DROP TABLE badge, person CASCADE;
      DROP VIEW grown;
      DROP VIEW grown, all_of_it;
      DROP VIEW free;
      DROP TABLE grown;
      DROP MATERIALIZED VIEW ages;
      DROP SEQUENCE counter;
      DROP SEQUENCE IF EXISTS nothing;
      DROP SEQUENCE nothing;
      ALTER TABLE person RENAME TO people;
      ALTER TABLE person RENAME TO team;
      ALTER TABLE IF EXISTS nobody RENAME TO people;
      ALTER TABLE nobody RENAME TO people;
      ALTER TABLE person RENAME COLUMN email TO mail;
      ALTER TABLE person RENAME email TO id;
      ALTER TABLE person RENAME COLUMN nothing TO mail;
      ALTER TABLE person RENAME CONSTRAINT a_b TO b_a;
      ALTER TABLE person RENAME CONSTRAINT nothing TO b_a;
      ALTER TABLE person RENAME CONSTRAINT person_pkey TO pk;
      ALTER INDEX person_email RENAME TO person_mail;
      ALTER INDEX person_email RENAME TO team;
      ALTER INDEX nothing RENAME TO something;
      ALTER VIEW grown RENAME TO adults;
      ALTER VIEW grown RENAME COLUMN email TO mail;
      ALTER MATERIALIZED VIEW ages RENAME TO ages_now;
      ALTER SEQUENCE counter RENAME TO counts;
      CREATE SCHEMA archive; ALTER TABLE lonely SET SCHEMA archive;
      ALTER TABLE lonely SET SCHEMA nowhere;
      TRUNCATE lonely;
      TRUNCATE free;
      TRUNCATE person;
      TRUNCATE person CASCADE;
      TRUNCATE person, badge;
      DROP SCHEMA nowhere;
      DROP FUNCTION touch();
      DROP FUNCTION touch() CASCADE;
      DROP TRIGGER touch_age ON person;
      DROP TRIGGER nothing ON person;
      DROP TRIGGER IF EXISTS nothing ON person;
      ALTER TABLE badge DROP CONSTRAINT badge_person_id_fkey, DROP COLUMN team_name;`,
};
