import { rows, type Scene } from "./scene.test-helper.ts";

export const constraints: Scene = {
  name: "constraints",
  setup: `
      CREATE TABLE team (id integer PRIMARY KEY, name text NOT NULL, code integer);
      CREATE UNIQUE INDEX team_code ON team (code);
      CREATE UNIQUE INDEX team_partial ON team (name) WHERE id > 3;
      CREATE TABLE person (id bigint NOT NULL, team_id integer, email text, age integer, born date, checked integer, proven integer NOT NULL, during int4range);
      ALTER TABLE person ADD CONSTRAINT age_known CHECK (age IS NOT NULL) NOT VALID;
      ALTER TABLE person ADD CONSTRAINT born_known CHECK (born IS NOT NULL);
      ALTER TABLE person ADD CONSTRAINT checked_both CHECK (checked IS NOT NULL AND checked > 0);
      ALTER TABLE person ADD CONSTRAINT team_or CHECK (team_id IS NOT NULL OR email IS NOT NULL);
      ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team NOT VALID;
      CREATE UNIQUE INDEX person_id ON person (id);
      CREATE UNIQUE INDEX person_email ON person (email);
      CREATE INDEX person_age ON person (age);
      CREATE TABLE note (id integer PRIMARY KEY, person_id bigint, team_code integer CONSTRAINT note_code REFERENCES team (code), parent integer REFERENCES note);
      CREATE TABLE empty (id integer, team_id integer);
      CREATE TABLE base (id integer, label text);
      CREATE TABLE heir (extra text) INHERITS (base);
      ${rows("team", "g, 'team ' || g, g")}
      ${rows("person", "g, g, 'p' || g, g % 80, now(), g, g")}
      ${rows("note", "g, g, g, g")}
      ${rows("base", "g, 'x'")}
      ${rows("heir", "g, 'x', 'y'")}`,
  statements: `
      ALTER TABLE person ALTER COLUMN email SET NOT NULL;
      ALTER TABLE person ALTER COLUMN age SET NOT NULL;
      ALTER TABLE person ALTER COLUMN born SET NOT NULL;
      ALTER TABLE person ALTER COLUMN checked SET NOT NULL;
      ALTER TABLE person ALTER COLUMN proven SET NOT NULL;
      ALTER TABLE person ALTER COLUMN team_id SET NOT NULL;
      ALTER TABLE person ALTER COLUMN nothing SET NOT NULL;
      ALTER TABLE person ALTER COLUMN born SET NOT NULL, DROP CONSTRAINT born_known;
      ALTER TABLE person ALTER COLUMN proven DROP NOT NULL;
      ALTER TABLE team ALTER COLUMN id DROP NOT NULL;
      ALTER TABLE person ALTER COLUMN age SET DEFAULT 3;
      ALTER TABLE person ALTER COLUMN age DROP DEFAULT;
      ALTER TABLE person ADD CONSTRAINT grown CHECK (age > 17 OR true);
      ALTER TABLE person ADD CONSTRAINT grown CHECK (age > -1) NOT VALID;
      ALTER TABLE person ADD CHECK (age > -1), ADD CHECK (age < 500);
      ALTER TABLE person ADD CONSTRAINT age_known CHECK (age > 3);
      ALTER TABLE person ADD CONSTRAINT grown CHECK (nothing > 3);
      -- 18+
      ALTER TABLE person ADD CONSTRAINT grown CHECK (age > 17) NOT ENFORCED;
      -- 18+
      ALTER TABLE person ADD CONSTRAINT email_there NOT NULL email;
      -- 18+
      ALTER TABLE person ADD CONSTRAINT email_there NOT NULL email NOT VALID;
      -- 18+
      ALTER TABLE person ADD CONSTRAINT email_there NOT NULL email NOT VALID; ALTER TABLE person VALIDATE CONSTRAINT email_there;
      -- 18+
      ALTER TABLE person ADD CONSTRAINT email_there NOT NULL email NOT VALID; ALTER TABLE person ALTER COLUMN email SET NOT NULL;
      -- 18+
      ALTER TABLE person DROP CONSTRAINT person_proven_not_null;
      -- 18+
      ALTER TABLE person ADD CONSTRAINT grown CHECK (age >= 0) NOT ENFORCED;
      -- 18+
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES person (id) NOT ENFORCED;
      ALTER TABLE person VALIDATE CONSTRAINT age_known;
      ALTER TABLE person VALIDATE CONSTRAINT born_known;
      ALTER TABLE person VALIDATE CONSTRAINT person_team;
      ALTER TABLE person VALIDATE CONSTRAINT nothing;
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES person (id);
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES person (id) NOT VALID;
      ALTER TABLE note ADD CONSTRAINT n FOREIGN KEY (person_id) REFERENCES person;
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES person (age);
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES nobody (id);
      ALTER TABLE note ADD FOREIGN KEY (nothing) REFERENCES team;
      ALTER TABLE note ADD FOREIGN KEY (person_id) REFERENCES person (nothing);
      ALTER TABLE note ADD FOREIGN KEY (id) REFERENCES note;
      ALTER TABLE note ADD FOREIGN KEY (id) REFERENCES team, ADD FOREIGN KEY (person_id) REFERENCES person (id) NOT VALID;
      ALTER TABLE empty ADD FOREIGN KEY (team_id) REFERENCES team;
      ALTER TABLE note DROP CONSTRAINT note_code;
      ALTER TABLE note DROP CONSTRAINT note_parent_fkey;
      ALTER TABLE note DROP CONSTRAINT nothing;
      ALTER TABLE note DROP CONSTRAINT IF EXISTS nothing;
      ALTER TABLE note DROP CONSTRAINT note_pkey;
      ALTER TABLE note DROP CONSTRAINT note_pkey CASCADE;
      ALTER TABLE team DROP CONSTRAINT team_pkey;
      ALTER TABLE team DROP CONSTRAINT team_pkey CASCADE;
      ALTER TABLE person DROP CONSTRAINT age_known;
      ALTER TABLE note ALTER CONSTRAINT note_code DEFERRABLE;
      ALTER TABLE note ALTER CONSTRAINT note_code DEFERRABLE INITIALLY DEFERRED;
      ALTER TABLE note ALTER CONSTRAINT nothing DEFERRABLE;
      ALTER TABLE person ADD UNIQUE (team_id);
      ALTER TABLE person ADD CONSTRAINT person_team_key UNIQUE (team_id, age) DEFERRABLE;
      ALTER TABLE person ADD CONSTRAINT person_email UNIQUE (email);
      ALTER TABLE person ADD CONSTRAINT email_once UNIQUE USING INDEX person_email;
      ALTER TABLE person ADD CONSTRAINT once UNIQUE USING INDEX person_age;
      ALTER TABLE team ADD CONSTRAINT once UNIQUE USING INDEX team_partial;
      ALTER TABLE person ADD CONSTRAINT once UNIQUE USING INDEX nothing;
      ALTER TABLE person ADD PRIMARY KEY (id);
      ALTER TABLE person ADD PRIMARY KEY USING INDEX person_id;
      ALTER TABLE person ADD CONSTRAINT pk PRIMARY KEY USING INDEX person_email;
      ALTER TABLE team ADD PRIMARY KEY (code);
      ALTER TABLE person ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);
      ALTER TABLE person ADD UNIQUE (nothing);
      ALTER TABLE base ADD CHECK (id > 0);
      ALTER TABLE base ADD COLUMN more integer;
      ALTER TABLE base ALTER COLUMN label SET NOT NULL;
      ALTER TABLE base ADD PRIMARY KEY (id);
      ALTER TABLE ONLY base ADD CHECK (id > 0) NO INHERIT;
      ALTER TABLE base DROP COLUMN label;
      ALTER TABLE base ALTER COLUMN id TYPE bigint;
      ALTER TABLE base RENAME COLUMN label TO title;
      ALTER TABLE person ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
      ALTER TABLE person ALTER COLUMN age ADD GENERATED ALWAYS AS IDENTITY;
      ALTER TABLE person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY; ALTER TABLE person ALTER COLUMN id SET GENERATED BY DEFAULT;
      ALTER TABLE person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY; ALTER TABLE person ALTER COLUMN id DROP IDENTITY;
      ALTER TABLE person ADD COLUMN d integer GENERATED ALWAYS AS (age * 2) STORED; ALTER TABLE person ALTER COLUMN d DROP EXPRESSION;
      ALTER TABLE person ADD COLUMN d integer GENERATED ALWAYS AS (age * 2) STORED; ALTER TABLE person ALTER COLUMN d SET DEFAULT 3;
      -- 17+
      ALTER TABLE person ADD COLUMN d integer GENERATED ALWAYS AS (age * 2) STORED; ALTER TABLE person ALTER COLUMN d SET EXPRESSION AS (age * 3);
      -- 18+
      ALTER TABLE person ADD COLUMN d integer GENERATED ALWAYS AS (age * 2) VIRTUAL; ALTER TABLE person ALTER COLUMN d SET EXPRESSION AS (age * 3);
      -- 18+
      ALTER TABLE team ADD COLUMN d integer GENERATED ALWAYS AS (code * 2) VIRTUAL; ALTER TABLE team ALTER COLUMN d SET EXPRESSION AS (code * 3);
      SET search_path TO public; ALTER TABLE person ALTER email SET NOT NULL, ALTER age SET NOT NULL;`,
};
