-- tread-conformance/1
-- Constraints written on a new column: which of them read the rows that are there already.
--: setup
CREATE TABLE plan (id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE account (id bigint PRIMARY KEY, name text NOT NULL, plan_code text);
INSERT INTO plan SELECT g, 'p' || g FROM generate_series(1, 10) g;
INSERT INTO account SELECT g, 'n' || g, 'p1' FROM generate_series(1, 500) g;
CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE TABLE keyless (id bigint, name text);
INSERT INTO keyless SELECT g, 'n' FROM generate_series(1, 100) g;
CREATE VIEW account_names AS SELECT id, name FROM account;
CREATE MATERIALIZED VIEW account_copy AS SELECT id, name FROM account;
CREATE COLLATION plain FROM "C";
--: case check
ALTER TABLE account ADD COLUMN age integer CHECK (age > 0);
--: case check-with-default
ALTER TABLE account ADD COLUMN age integer DEFAULT 18 CHECK (age > 0);
--: case check-not-null-default
ALTER TABLE account ADD COLUMN age integer NOT NULL DEFAULT 18 CONSTRAINT adult CHECK (age >= 18);
--: case two-checks-on-one-column
ALTER TABLE account ADD COLUMN age integer CHECK (age > 0) CHECK (age < 200);
--: case check-not-enforced @18+
ALTER TABLE account ADD COLUMN age integer CHECK (age > 0) NOT ENFORCED;
--: case unique
ALTER TABLE account ADD COLUMN slug text UNIQUE;
--: case unique-nulls-not-distinct @15+
ALTER TABLE fresh ADD COLUMN slug text UNIQUE NULLS NOT DISTINCT;
--: case primary-key-second
ALTER TABLE account ADD COLUMN other bigint PRIMARY KEY;
--: case primary-key-without-value
ALTER TABLE keyless ADD COLUMN other bigint PRIMARY KEY;
--: case primary-key-serial
ALTER TABLE keyless ADD COLUMN pk bigserial PRIMARY KEY;
--: case primary-key-identity
ALTER TABLE keyless ADD COLUMN pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
--: case primary-key-uuid
ALTER TABLE keyless ADD COLUMN pk uuid PRIMARY KEY DEFAULT gen_random_uuid();
--: case references
ALTER TABLE account ADD COLUMN plan_id integer REFERENCES plan;
--: case references-on-delete-set-null
ALTER TABLE account ADD COLUMN plan_id integer REFERENCES plan (id) ON DELETE SET NULL;
--: case references-with-default
ALTER TABLE account ADD COLUMN plan_id integer DEFAULT 1 REFERENCES plan;
--: case references-with-default-null
ALTER TABLE account ADD COLUMN plan_id integer DEFAULT NULL REFERENCES plan;
--: case references-not-null-default
ALTER TABLE account ADD COLUMN plan_id integer NOT NULL DEFAULT 1 REFERENCES plan;
--: case references-itself
ALTER TABLE account ADD COLUMN parent_id bigint REFERENCES account;
--: case references-itself-with-default
ALTER TABLE account ADD COLUMN parent_id bigint DEFAULT 1 REFERENCES account;
--: case references-deferrable
ALTER TABLE account ADD COLUMN plan_id integer NULL CONSTRAINT account_plan_fk REFERENCES plan (id) DEFERRABLE INITIALLY DEFERRED;
--: case references-deferrable-as-django-writes-it
ALTER TABLE account ADD COLUMN plan_id integer NULL CONSTRAINT account_plan_fk REFERENCES plan (id) DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS account_plan_fk IMMEDIATE;
--: case references-missing-table
ALTER TABLE account ADD COLUMN plan_id integer REFERENCES plans;
--: case references-column-without-key
ALTER TABLE account ADD COLUMN owner_name text REFERENCES account (name);
--: case references-unique-column
ALTER TABLE account ADD COLUMN plan_code2 text REFERENCES plan (code);
--: case references-column-of-another-type
ALTER TABLE account ADD COLUMN plan_id uuid REFERENCES plan;
--: case references-not-enforced @18+
ALTER TABLE account ADD COLUMN plan_id integer DEFAULT 1 REFERENCES plan NOT ENFORCED;
--: case on-empty-table-references
ALTER TABLE fresh ADD COLUMN plan_id integer NOT NULL REFERENCES plan;
--: case collation
ALTER TABLE account ADD COLUMN tag text COLLATE "C" NOT NULL DEFAULT '';
--: case compression @14+
ALTER TABLE account ADD COLUMN body text COMPRESSION pglz;
--: case storage @16+
ALTER TABLE account ADD COLUMN body text STORAGE EXTERNAL;
--: case duplicate
ALTER TABLE account ADD COLUMN name text;
--: case duplicate-if-not-exists
ALTER TABLE account ADD COLUMN IF NOT EXISTS name text NOT NULL UNIQUE;
--: case if-not-exists-new
ALTER TABLE account ADD COLUMN IF NOT EXISTS nick text;
--: case duplicate-of-system-column
ALTER TABLE account ADD COLUMN xmin integer;
--: case missing-type
ALTER TABLE account ADD COLUMN mood mood;
--: case constraint-name-taken
ALTER TABLE account ADD COLUMN age integer CONSTRAINT account_pkey CHECK (age > 0);
--: case index-name-taken
ALTER TABLE account ADD COLUMN age integer CONSTRAINT plan_pkey UNIQUE;
--: case to-a-view
ALTER TABLE account_names ADD COLUMN age integer;
--: case to-a-materialized-view
ALTER TABLE account_copy ADD COLUMN age integer;
--: case named-not-null
ALTER TABLE account ADD COLUMN age integer DEFAULT 1 CONSTRAINT age_needed NOT NULL;
--: case several-columns-with-work
ALTER TABLE account ADD COLUMN age integer CHECK (age > 0), ADD COLUMN slug text UNIQUE, ADD COLUMN plan_id integer REFERENCES plan;
--: case column-keyword-omitted
ALTER TABLE account ADD nick text DEFAULT 'x', ADD age integer;
--: case column-that-needs-quotes
ALTER TABLE account ADD COLUMN "Order" integer NOT NULL DEFAULT 0;
--: case check-over-two-columns
ALTER TABLE account ADD COLUMN age integer CHECK (age > id);
--: case check-on-old-column-only
ALTER TABLE account ADD COLUMN age integer CHECK (length(name) > 1);
