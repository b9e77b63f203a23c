-- tread-conformance/1
-- Several sub-commands in one statement: the strongest lock, the union of the work, in the order of Postgres' passes.
--: setup
CREATE TABLE team (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (
  id integer PRIMARY KEY,
  team_id integer,
  email varchar(200) NOT NULL,
  code varchar(10),
  score integer,
  born date,
  old_note text
);
CREATE INDEX person_code ON person (code);
CREATE INDEX person_score ON person (score) WHERE score > 10;
INSERT INTO team SELECT g, 'team ' || g FROM generate_series(1, 20) g;
INSERT INTO person SELECT g, 1 + g % 20, g || '@example.org', 'c' || g, g, '2000-01-01', 'n' FROM generate_series(1, 500) g;
ALTER TABLE person ADD CONSTRAINT score_is_set CHECK (score IS NOT NULL);
ALTER TABLE person ADD CONSTRAINT code_short CHECK (length(code) < 10) NOT VALID;
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team NOT VALID;
--: case weak-with-weak
ALTER TABLE person ALTER COLUMN code SET STATISTICS 100, SET (fillfactor = 80);
--: case weak-with-strong
ALTER TABLE person ALTER COLUMN code SET STATISTICS 100, ADD COLUMN note text;
--: case validate-with-storage-parameter
ALTER TABLE person VALIDATE CONSTRAINT code_short, SET (fillfactor = 80);
--: case validate-with-new-column-blocks-all
ALTER TABLE person VALIDATE CONSTRAINT code_short, ADD COLUMN note text;
--: case validate-two
ALTER TABLE person VALIDATE CONSTRAINT code_short, VALIDATE CONSTRAINT person_team;
--: case foreign-key-not-valid-with-new-column
ALTER TABLE person ADD COLUMN lead_id integer, ADD CONSTRAINT person_lead FOREIGN KEY (lead_id) REFERENCES team NOT VALID;
--: case foreign-key-on-column-of-same-statement
ALTER TABLE person ADD COLUMN lead_id integer, ADD FOREIGN KEY (lead_id) REFERENCES team;
--: case foreign-key-on-defaulted-column-of-same-statement
ALTER TABLE person ADD COLUMN lead_id integer DEFAULT 1, ADD FOREIGN KEY (lead_id) REFERENCES team;
--: case rewrite-swallows-not-null-scan
ALTER TABLE person ALTER COLUMN score TYPE bigint, ALTER COLUMN code SET NOT NULL;
--: case rewrite-and-foreign-key-validation
ALTER TABLE person ALTER COLUMN score TYPE bigint, ADD FOREIGN KEY (team_id) REFERENCES team;
--: case rewrite-and-unique
ALTER TABLE person ALTER COLUMN score TYPE bigint, ADD CONSTRAINT person_code_key UNIQUE (code);
--: case two-type-changes-one-harmless
ALTER TABLE person ALTER COLUMN email TYPE text, ALTER COLUMN score TYPE bigint;
--: case two-harmless-type-changes
ALTER TABLE person ALTER COLUMN email TYPE text, ALTER COLUMN code TYPE varchar(20);
--: case add-column-check-and-default
ALTER TABLE person ADD COLUMN level integer DEFAULT 1, ADD CONSTRAINT level_positive CHECK (level > 0);
--: case add-column-check-not-valid
ALTER TABLE person ADD COLUMN level integer DEFAULT 1, ADD CONSTRAINT level_positive CHECK (level > 0) NOT VALID;
--: case drop-column-and-add-same-name
ALTER TABLE person DROP COLUMN old_note, ADD COLUMN old_note integer;
--: case add-and-drop-default-of-new-column-fails
ALTER TABLE person ADD COLUMN level integer DEFAULT 1, ALTER COLUMN level DROP DEFAULT;
--: case add-column-then-set-not-null-without-default
ALTER TABLE person ADD COLUMN level integer, ALTER COLUMN level SET NOT NULL;
--: case add-column-then-set-not-null-with-default
ALTER TABLE person ADD COLUMN level integer DEFAULT 5, ALTER COLUMN level SET NOT NULL;
--: case set-not-null-two-columns-one-proven
ALTER TABLE person ALTER COLUMN score SET NOT NULL, ALTER COLUMN born SET NOT NULL;
--: case set-not-null-proven-and-proof-dropped-in-one
ALTER TABLE person ALTER COLUMN score SET NOT NULL, DROP CONSTRAINT score_is_set;
--: case set-not-null-and-set-default
ALTER TABLE person ALTER COLUMN born SET DEFAULT '2000-01-01', ALTER COLUMN born SET NOT NULL;
--: case drop-primary-key-and-add-another
ALTER TABLE person DROP CONSTRAINT person_pkey, ADD PRIMARY KEY (email);
--: case drop-primary-key-referenced
ALTER TABLE team DROP CONSTRAINT team_pkey, ADD PRIMARY KEY (id, name);
--: case two-checks
ALTER TABLE person ADD CHECK (score > 0), ADD CHECK (length(email) > 3);
--: case check-not-valid-and-check-valid
ALTER TABLE person ADD CHECK (score > 0) NOT VALID, ADD CHECK (length(email) > 3);
--: case add-two-columns-one-volatile
ALTER TABLE person ADD COLUMN a integer DEFAULT 1, ADD COLUMN b uuid DEFAULT gen_random_uuid();
--: case add-two-columns-of-one-name
ALTER TABLE person ADD COLUMN a integer, ADD COLUMN a text;
--: case two-primary-keys
ALTER TABLE person ADD COLUMN a integer PRIMARY KEY;
--: case two-keys-at-once
ALTER TABLE person ADD UNIQUE (email), ADD UNIQUE (email, code);
--: case set-logged-and-type-change-copy-once
ALTER TABLE person SET UNLOGGED, ALTER COLUMN score TYPE bigint;
--: case trigger-state-and-statistics
ALTER TABLE person DISABLE TRIGGER ALL, ALTER COLUMN code SET STATISTICS 10;
--: case type-change-twice-on-one-column
ALTER TABLE person ALTER COLUMN code TYPE text, ALTER COLUMN code TYPE varchar(30);
--: case type-change-and-default-of-it
ALTER TABLE person ALTER COLUMN score TYPE bigint, ALTER COLUMN score SET DEFAULT 0;
--: case type-change-and-drop-of-it
ALTER TABLE person ALTER COLUMN score TYPE bigint, DROP COLUMN score;
--: case drop-constraint-and-index-column
ALTER TABLE person DROP CONSTRAINT score_is_set, DROP COLUMN score;
