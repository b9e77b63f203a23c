-- tread-conformance/1
-- CREATE INDEX, DROP INDEX, ALTER INDEX and REINDEX on plain tables and materialized views.
--: setup
CREATE EXTENSION pg_trgm;
CREATE TABLE person (id integer PRIMARY KEY, email text NOT NULL, age integer, tags text[], meta jsonb, at timestamptz, place point, code text UNIQUE);
INSERT INTO person SELECT g, g || '@example.org', g, '{a,b}', '{"a": 1}', now(), '(1,1)', 'c' || g FROM generate_series(1, 300) g;
CREATE INDEX person_age ON person (age);
CREATE UNIQUE INDEX person_email ON person (email);
CREATE INDEX person_lower ON person (lower(email));
CREATE INDEX person_part ON person (age) WHERE age > 10;
CREATE TABLE child (id integer PRIMARY KEY, email text REFERENCES person (email));
INSERT INTO child SELECT g, g || '@example.org' FROM generate_series(1, 100) g;
CREATE TABLE empty_one (id integer, note text);
CREATE MATERIALIZED VIEW adults AS SELECT id, email FROM person WHERE age > 18;
CREATE INDEX adults_email ON adults (email);
CREATE VIEW people AS SELECT * FROM person;
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper($1) $$;
CREATE FUNCTION noise(text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN $1 || random(); END $$;
CREATE TABLE parent (a integer, b text);
CREATE TABLE heir () INHERITS (parent);
INSERT INTO parent VALUES (1, 'x');
INSERT INTO heir VALUES (2, 'y');
--: case plain
CREATE INDEX ON person (at);
--: case named
CREATE INDEX person_at ON person (at);
--: case two-columns
CREATE INDEX ON person (age, at DESC NULLS LAST);
--: case unique
CREATE UNIQUE INDEX ON person (age);
--: case unique-nulls-not-distinct @15+
CREATE UNIQUE INDEX ON person (age) NULLS NOT DISTINCT;
--: case unique-nulls-not-distinct-before-15 @13-14
CREATE UNIQUE INDEX ON person (age) NULLS NOT DISTINCT;
--: case partial
CREATE INDEX ON person (at) WHERE age IS NOT NULL;
--: case expression
CREATE INDEX ON person ((age + 1));
--: case function
CREATE INDEX ON person (upper(email));
--: case user-function
CREATE INDEX ON person (shout(email));
--: case volatile-function
CREATE INDEX ON person (noise(email));
--: case now-in-predicate
CREATE INDEX ON person (age) WHERE at > now();
--: case include
CREATE INDEX ON person (age) INCLUDE (email);
--: case gin-array
CREATE INDEX ON person USING gin (tags);
--: case gin-jsonb-path
CREATE INDEX ON person USING gin (meta jsonb_path_ops);
--: case gin-trigram
CREATE INDEX ON person USING gin (email gin_trgm_ops);
--: case gist
CREATE INDEX ON person USING gist (place);
--: case brin
CREATE INDEX ON person USING brin (at);
--: case hash
CREATE INDEX ON person USING hash (email);
--: case collate
CREATE INDEX ON person (email COLLATE "C");
--: case operator-class
CREATE INDEX ON person (email text_pattern_ops);
--: case with-parameters
CREATE INDEX ON person (age) WITH (fillfactor = 70, deduplicate_items = off) TABLESPACE pg_default;
--: case on-empty-table
CREATE INDEX ON empty_one (id);
--: case on-materialized-view
CREATE UNIQUE INDEX ON adults (id);
--: case on-view
CREATE INDEX ON people (age);
--: case on-missing-table
CREATE INDEX ON nobody (age);
--: case on-missing-column
CREATE INDEX ON person (height);
--: case missing-column-in-expression
CREATE INDEX ON person (lower(height));
--: case missing-column-in-predicate
CREATE INDEX ON person (age) WHERE height > 1;
--: case missing-column-in-include
CREATE INDEX ON person (age) INCLUDE (height);
--: case name-taken
CREATE INDEX person_age ON person (at);
--: case name-of-a-table
CREATE INDEX child ON person (at);
--: case if-not-exists-there
CREATE INDEX IF NOT EXISTS person_age ON person (at);
--: case if-not-exists-name-of-a-table
CREATE INDEX IF NOT EXISTS child ON person (at);
--: case if-not-exists-new
CREATE INDEX IF NOT EXISTS person_at ON person (at);
--: case on-parent-leaves-children
CREATE INDEX ON parent (a);
--: case on-only-parent
CREATE INDEX ON ONLY parent (a);
--: case concurrently @alone
CREATE INDEX CONCURRENTLY person_at ON person (at);
--: case concurrently-unique @alone
CREATE UNIQUE INDEX CONCURRENTLY person_at ON person (age);
--: case concurrently-unnamed @alone
CREATE INDEX CONCURRENTLY ON person (at);
--: case concurrently-if-not-exists-there @alone
CREATE INDEX CONCURRENTLY IF NOT EXISTS person_age ON person (at);
--: case concurrently-in-transaction
CREATE INDEX CONCURRENTLY person_at ON person (at);
--: case concurrently-name-taken @alone
CREATE INDEX CONCURRENTLY person_age ON person (at);
--: case concurrently-on-empty-table @alone
CREATE INDEX CONCURRENTLY ON empty_one (id);
--: case concurrently-on-materialized-view @alone
CREATE UNIQUE INDEX CONCURRENTLY ON adults (id);
--: case drop
DROP INDEX person_age;
--: case drop-two
DROP INDEX person_age, person_part;
--: case drop-if-exists-missing
DROP INDEX IF EXISTS nothing;
--: case drop-missing
DROP INDEX nothing;
--: case drop-index-of-primary-key
DROP INDEX person_pkey;
--: case drop-index-of-unique-constraint
DROP INDEX person_code_key;
--: case drop-index-that-is-referenced
DROP INDEX person_email;
--: case drop-index-that-is-referenced-cascade
DROP INDEX person_email CASCADE;
--: case drop-index-of-materialized-view
DROP INDEX adults_email;
--: case drop-table-as-index
DROP INDEX child;
--: case drop-concurrently @alone
DROP INDEX CONCURRENTLY person_age;
--: case drop-concurrently-if-exists-missing @alone
DROP INDEX CONCURRENTLY IF EXISTS nothing;
--: case drop-concurrently-in-transaction
DROP INDEX CONCURRENTLY person_age;
--: case drop-concurrently-two @alone
DROP INDEX CONCURRENTLY person_age, person_part;
--: case drop-concurrently-cascade @alone
DROP INDEX CONCURRENTLY person_email CASCADE;
--: case drop-concurrently-of-constraint @alone
DROP INDEX CONCURRENTLY person_code_key;
--: case rename
ALTER INDEX person_age RENAME TO person_years;
--: case rename-missing
ALTER INDEX nothing RENAME TO something;
--: case rename-if-exists-missing
ALTER INDEX IF EXISTS nothing RENAME TO something;
--: case rename-to-taken
ALTER INDEX person_age RENAME TO person_email;
--: case rename-index-of-constraint
ALTER INDEX person_pkey RENAME TO person_pk;
--: case alter-index-on-a-table-renames-it
ALTER INDEX child RENAME TO children;
--: case set-fillfactor
ALTER INDEX person_age SET (fillfactor = 80);
--: case reset-fillfactor
ALTER INDEX person_age RESET (fillfactor);
--: case set-statistics-of-expression
ALTER INDEX person_lower ALTER COLUMN 1 SET STATISTICS 500;
--: case set-tablespace-default
ALTER INDEX person_age SET TABLESPACE pg_default;
--: case set-parameter-missing-index
ALTER INDEX nothing SET (fillfactor = 80);
--: case set-parameter-if-exists
ALTER INDEX IF EXISTS nothing SET (fillfactor = 80);
--: case depends-on-extension
ALTER INDEX person_age DEPENDS ON EXTENSION pg_trgm;
--: case all-in-tablespace
ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE pg_default;
--: case reindex-index
REINDEX INDEX person_age;
--: case reindex-table
REINDEX TABLE person;
--: case reindex-table-without-indexes
REINDEX TABLE empty_one;
--: case reindex-materialized-view
REINDEX TABLE adults;
--: case reindex-verbose
REINDEX (VERBOSE) TABLE person;
--: case reindex-missing
REINDEX INDEX nothing;
--: case reindex-concurrently @alone
REINDEX INDEX CONCURRENTLY person_age;
--: case reindex-table-concurrently @alone
REINDEX TABLE CONCURRENTLY child;
--: case reindex-concurrently-in-transaction
REINDEX INDEX CONCURRENTLY person_age;
--: case reindex-schema-in-transaction
REINDEX SCHEMA public;
--: case column-without-default-operator-class
CREATE INDEX ON person (place);
--: case unique-hash
CREATE UNIQUE INDEX ON person USING hash (email);
