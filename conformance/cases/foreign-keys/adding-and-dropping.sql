-- tread-conformance/1
-- Both tables of a foreign key: adding, validating, altering, dropping.
--: setup
CREATE TABLE team (id integer PRIMARY KEY, code text UNIQUE, region integer, slot int4range, UNIQUE (region, code), name text);
CREATE TABLE person (id integer PRIMARY KEY, team_id integer, team_code text, region integer, boss integer, big bigint, word varchar(10), tags integer[], other uuid);
CREATE TABLE note (id integer PRIMARY KEY, person_id integer REFERENCES person ON DELETE CASCADE, body text);
CREATE TABLE empty_child (id integer, team_id integer);
CREATE TABLE empty_parent (id integer PRIMARY KEY);
CREATE TABLE keyless (id integer);
CREATE TEMP TABLE scratch (id integer PRIMARY KEY);
CREATE UNLOGGED TABLE cache (id integer PRIMARY KEY);
INSERT INTO team SELECT g, 'c' || g, g, int4range(g, g + 1), 'n' FROM generate_series(1, 30) g;
INSERT INTO person SELECT g, 1 + g % 30, 'c' || (1 + g % 30), 1 + g % 30, 1, 1 + g % 30, 'c1' FROM generate_series(1, 300) g;
INSERT INTO note SELECT g, g, 'b' FROM generate_series(1, 300) g;
INSERT INTO cache VALUES (1);
INSERT INTO keyless VALUES (1);
ALTER TABLE person ADD CONSTRAINT person_later FOREIGN KEY (team_id) REFERENCES team NOT VALID;
CREATE UNIQUE INDEX team_name_part ON team (name) WHERE id > 100;
CREATE VIEW team_view AS SELECT * FROM team;
--: case add
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id);
--: case add-to-primary-key-unnamed
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team;
--: case add-not-valid
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id) NOT VALID;
--: case add-not-enforced @18+
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id) NOT ENFORCED;
--: case add-not-enforced-before-18 @13-17
ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team (id) NOT ENFORCED;
--: case add-to-unique-column
ALTER TABLE person ADD FOREIGN KEY (team_code) REFERENCES team (code);
--: case add-on-two-columns
ALTER TABLE person ADD FOREIGN KEY (region, team_code) REFERENCES team (region, code);
--: case add-on-two-columns-other-order
ALTER TABLE person ADD FOREIGN KEY (team_code, region) REFERENCES team (code, region);
--: case add-match-full
ALTER TABLE person ADD FOREIGN KEY (region, team_code) REFERENCES team (region, code) MATCH FULL;
--: case add-self-reference
ALTER TABLE person ADD FOREIGN KEY (boss) REFERENCES person (id);
--: case add-self-reference-not-valid
ALTER TABLE person ADD FOREIGN KEY (boss) REFERENCES person (id) NOT VALID;
--: case add-on-delete-cascade
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team ON DELETE CASCADE ON UPDATE CASCADE;
--: case add-on-delete-set-null-column @15+
ALTER TABLE person ADD FOREIGN KEY (region, team_code) REFERENCES team (region, code) ON DELETE SET NULL (region);
--: case add-on-empty-child
ALTER TABLE empty_child ADD FOREIGN KEY (team_id) REFERENCES team;
--: case add-bigint-to-integer
ALTER TABLE person ADD FOREIGN KEY (big) REFERENCES team (id);
--: case add-varchar-to-text
ALTER TABLE person ADD FOREIGN KEY (word) REFERENCES team (code);
--: case add-integer-to-text
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team (code);
--: case add-uuid-to-integer
ALTER TABLE person ADD FOREIGN KEY (other) REFERENCES team (id);
--: case add-to-column-without-key
ALTER TABLE person ADD FOREIGN KEY (team_code) REFERENCES team (name);
--: case add-to-table-without-primary-key
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES keyless;
--: case add-to-missing-table
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES teams (id);
--: case add-to-missing-column
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team (nothing);
--: case add-on-missing-column
ALTER TABLE person ADD FOREIGN KEY (nothing) REFERENCES team (id);
--: case add-numbers-of-columns-differ
ALTER TABLE person ADD FOREIGN KEY (team_id, region) REFERENCES team (id);
--: case add-to-view
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team_view (id);
--: case add-permanent-to-unlogged
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES cache (id);
--: case add-unlogged-to-permanent
--: accept the referring table has so few rows that each is looked up by the index of the other: a join plan, which statistics decide
ALTER TABLE cache ADD FOREIGN KEY (id) REFERENCES team (id);
--: case add-name-taken
ALTER TABLE person ADD CONSTRAINT person_later FOREIGN KEY (team_id) REFERENCES team;
--: case add-two-to-two-parents
ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team, ADD FOREIGN KEY (team_id) REFERENCES empty_parent NOT VALID;
--: case add-period @18+
CREATE EXTENSION btree_gist;
ALTER TABLE team ADD CONSTRAINT team_slot UNIQUE (id, slot WITHOUT OVERLAPS);
ALTER TABLE person ADD COLUMN slot int4range;
UPDATE person SET slot = int4range(team_id, team_id + 1);
ALTER TABLE person ADD FOREIGN KEY (team_id, PERIOD slot) REFERENCES team (id, PERIOD slot);
--: case validate
ALTER TABLE person VALIDATE CONSTRAINT person_later;
--: case validate-again
ALTER TABLE note VALIDATE CONSTRAINT note_person_id_fkey;
--: case validate-self-reference
ALTER TABLE person ADD CONSTRAINT person_boss FOREIGN KEY (boss) REFERENCES person NOT VALID;
ALTER TABLE person VALIDATE CONSTRAINT person_boss;
--: case validate-not-enforced @18+
ALTER TABLE person ADD CONSTRAINT lax FOREIGN KEY (team_id) REFERENCES team NOT ENFORCED;
ALTER TABLE person VALIDATE CONSTRAINT lax;
--: case add-and-validate-in-one
ALTER TABLE person ADD CONSTRAINT p FOREIGN KEY (team_id) REFERENCES team NOT VALID, VALIDATE CONSTRAINT p;
--: case drop
ALTER TABLE note DROP CONSTRAINT note_person_id_fkey;
--: case drop-not-valid
ALTER TABLE person DROP CONSTRAINT person_later;
--: case drop-if-exists
ALTER TABLE note DROP CONSTRAINT IF EXISTS note_person_id_fkey;
--: case drop-self-reference
ALTER TABLE person ADD CONSTRAINT person_boss FOREIGN KEY (boss) REFERENCES person;
ALTER TABLE person DROP CONSTRAINT person_boss;
--: case drop-and-add-in-one
ALTER TABLE note DROP CONSTRAINT note_person_id_fkey, ADD CONSTRAINT note_person_id_fkey FOREIGN KEY (person_id) REFERENCES person ON DELETE SET NULL NOT VALID;
--: case drop-not-enforced @18+
ALTER TABLE person ADD CONSTRAINT lax FOREIGN KEY (team_id) REFERENCES team NOT ENFORCED;
ALTER TABLE person DROP CONSTRAINT lax;
--: case alter-deferrable
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey DEFERRABLE INITIALLY DEFERRED;
--: case alter-to-what-it-is
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey NOT DEFERRABLE;
--: case alter-not-enforced @18+
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey NOT ENFORCED;
--: case alter-enforced-again @18+
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey NOT ENFORCED;
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey ENFORCED;
--: case alter-enforced-where-it-is @18+
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey ENFORCED;
--: case alter-not-enforced-before-18 @13-17
ALTER TABLE note ALTER CONSTRAINT note_person_id_fkey NOT ENFORCED;
--: case alter-missing
ALTER TABLE note ALTER CONSTRAINT nothing DEFERRABLE;
--: case rename
ALTER TABLE note RENAME CONSTRAINT note_person_id_fkey TO note_person;
--: case drop-column-with-it
ALTER TABLE note DROP COLUMN person_id;
--: case drop-child-table
DROP TABLE note;
--: case drop-parent-table
DROP TABLE person;
--: case drop-parent-table-cascade
DROP TABLE person CASCADE;
--: case drop-both-tables
DROP TABLE person, note;
--: case truncate-parent
TRUNCATE person;
--: case truncate-both
TRUNCATE person, note;
--: case create-child
CREATE TABLE memo (id integer PRIMARY KEY, person_id integer REFERENCES person, team_id integer REFERENCES team);
--: case create-child-like-with-key
CREATE TABLE memo (LIKE note INCLUDING ALL);
--: case rename-parent
ALTER TABLE person RENAME TO people;
--: case rename-referenced-column
ALTER TABLE person RENAME COLUMN id TO person_id;
--: case disable-triggers-of-child
ALTER TABLE note DISABLE TRIGGER ALL;
--: case disable-triggers-of-parent
ALTER TABLE person DISABLE TRIGGER ALL;
--: case drop-unique-index-that-is-referenced
ALTER TABLE person ADD CONSTRAINT pc FOREIGN KEY (team_code) REFERENCES team (code);
ALTER TABLE team DROP CONSTRAINT team_code_key;
--: case set-not-null-on-foreign-key-column
ALTER TABLE note ALTER COLUMN person_id SET NOT NULL;
