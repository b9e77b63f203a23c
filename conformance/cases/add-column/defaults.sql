-- tread-conformance/1
-- Which defaults of a new column are kept in the catalogue and which are written into every row.
--: setup
CREATE EXTENSION "uuid-ossp";
CREATE TABLE event (id bigint PRIMARY KEY, kind text NOT NULL, payload jsonb);
CREATE INDEX event_kind ON event (kind);
INSERT INTO event SELECT g, 'kind ' || g % 5, '{}' FROM generate_series(1, 500) g;
CREATE TABLE nothing (id bigint PRIMARY KEY);
CREATE SEQUENCE ticket;
CREATE FUNCTION fixed_label() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'x'::text $$;
CREATE FUNCTION stable_label() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'x'::text $$;
CREATE FUNCTION any_label() RETURNS text LANGUAGE sql AS $$ SELECT 'x'::text $$;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN label AS text;
CREATE DOMAIN short_label AS text CHECK (length(VALUE) < 20);
CREATE DOMAIN required_label AS text NOT NULL;
CREATE DOMAIN default_label AS text DEFAULT 'none';
CREATE DOMAIN stamped AS timestamptz DEFAULT clock_timestamp();
CREATE DOMAIN short_default AS text DEFAULT 'none' CHECK (length(VALUE) < 20);
CREATE DOMAIN nested_label AS short_label;
CREATE TYPE point3 AS (x integer, y integer, z integer);
CREATE TYPE labelled AS (l short_label, n integer);
--: case nullable
ALTER TABLE event ADD COLUMN note text;
--: case constant
ALTER TABLE event ADD COLUMN note text DEFAULT 'none';
--: case constant-not-null
ALTER TABLE event ADD COLUMN note text NOT NULL DEFAULT 'none';
--: case default-null
ALTER TABLE event ADD COLUMN note text DEFAULT NULL;
--: case not-null-without-default
ALTER TABLE event ADD COLUMN note text NOT NULL;
--: case not-null-with-null-default
ALTER TABLE event ADD COLUMN note text NOT NULL DEFAULT NULL;
--: case not-null-without-default-on-empty-table
ALTER TABLE nothing ADD COLUMN note text NOT NULL;
--: case volatile-on-empty-table
ALTER TABLE nothing ADD COLUMN token uuid DEFAULT gen_random_uuid();
--: case now
ALTER TABLE event ADD COLUMN at timestamptz NOT NULL DEFAULT now();
--: case current-timestamp
ALTER TABLE event ADD COLUMN at timestamptz DEFAULT CURRENT_TIMESTAMP;
--: case current-date-plus-interval
ALTER TABLE event ADD COLUMN due date DEFAULT CURRENT_DATE + 30;
--: case now-at-time-zone
ALTER TABLE event ADD COLUMN at timestamp DEFAULT (now() AT TIME ZONE 'utc');
--: case timezone-function
ALTER TABLE event ADD COLUMN at timestamp DEFAULT timezone('utc', now());
--: case statement-timestamp
ALTER TABLE event ADD COLUMN at timestamptz DEFAULT statement_timestamp();
--: case clock-timestamp
ALTER TABLE event ADD COLUMN at timestamptz DEFAULT clock_timestamp();
--: case timeofday
ALTER TABLE event ADD COLUMN at text DEFAULT timeofday();
--: case random
ALTER TABLE event ADD COLUMN bucket double precision DEFAULT random();
--: case random-inside-arithmetic
ALTER TABLE event ADD COLUMN bucket integer DEFAULT floor(random() * 10)::integer;
--: case random-range @17+
ALTER TABLE event ADD COLUMN bucket integer DEFAULT random(1, 10);
--: case random-normal @16+
ALTER TABLE event ADD COLUMN bucket double precision DEFAULT random_normal();
--: case gen-random-uuid
ALTER TABLE event ADD COLUMN token uuid DEFAULT gen_random_uuid();
--: case gen-random-uuid-in-pg-catalog
ALTER TABLE event ADD COLUMN token uuid DEFAULT pg_catalog.gen_random_uuid() NOT NULL;
--: case uuid-generate-v4
ALTER TABLE event ADD COLUMN token uuid DEFAULT uuid_generate_v4();
--: case uuid-generate-v4-qualified
ALTER TABLE event ADD COLUMN token uuid DEFAULT public.uuid_generate_v4();
--: case uuidv7 @18+
ALTER TABLE event ADD COLUMN token uuid DEFAULT uuidv7();
--: case nextval
ALTER TABLE event ADD COLUMN ticket bigint DEFAULT nextval('ticket');
--: case txid-current
ALTER TABLE event ADD COLUMN tx bigint DEFAULT txid_current();
--: case current-user
ALTER TABLE event ADD COLUMN who text DEFAULT CURRENT_USER;
--: case current-setting
ALTER TABLE event ADD COLUMN tenant text DEFAULT current_setting('app.tenant', true);
--: case version
ALTER TABLE event ADD COLUMN version text DEFAULT version();
--: case md5-of-random
ALTER TABLE event ADD COLUMN token text DEFAULT md5(random()::text);
--: case md5-of-constant
ALTER TABLE event ADD COLUMN token text DEFAULT md5('x');
--: case immutable-user-function
ALTER TABLE event ADD COLUMN label text DEFAULT fixed_label();
--: case stable-user-function
ALTER TABLE event ADD COLUMN label text DEFAULT stable_label();
--: case user-function-without-volatility
ALTER TABLE event ADD COLUMN label text DEFAULT any_label();
--: case volatile-function-in-case-branch
ALTER TABLE event ADD COLUMN label text DEFAULT CASE WHEN 1 = 2 THEN any_label() ELSE 'y' END;
--: case coalesce-of-constants
ALTER TABLE event ADD COLUMN label text DEFAULT coalesce(NULL, 'y');
--: case array-constructor
ALTER TABLE event ADD COLUMN tags text[] NOT NULL DEFAULT ARRAY[]::text[];
--: case array-literal
ALTER TABLE event ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
--: case jsonb-literal
ALTER TABLE event ADD COLUMN extra jsonb NOT NULL DEFAULT '{}'::jsonb;
--: case jsonb-build-object
ALTER TABLE event ADD COLUMN extra jsonb NOT NULL DEFAULT jsonb_build_object('a', 1);
--: case to-jsonb-now
ALTER TABLE event ADD COLUMN extra jsonb DEFAULT to_jsonb(now());
--: case enum-value
ALTER TABLE event ADD COLUMN mood mood NOT NULL DEFAULT 'ok';
--: case enum-value-that-does-not-exist
ALTER TABLE event ADD COLUMN mood mood NOT NULL DEFAULT 'angry';
--: case interval-literal
ALTER TABLE event ADD COLUMN ttl interval DEFAULT '1 day';
--: case serial
ALTER TABLE event ADD COLUMN n serial;
--: case bigserial-unique
ALTER TABLE event ADD COLUMN n bigserial UNIQUE;
--: case identity
ALTER TABLE event ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;
--: case identity-by-default
ALTER TABLE event ADD COLUMN n integer GENERATED BY DEFAULT AS IDENTITY (START 1000);
--: case plain-domain
ALTER TABLE event ADD COLUMN label label;
--: case plain-domain-not-null-with-default
ALTER TABLE event ADD COLUMN label label NOT NULL DEFAULT 'x';
--: case checked-domain-nullable
ALTER TABLE event ADD COLUMN label short_label;
--: case checked-domain-with-default
ALTER TABLE event ADD COLUMN label short_label DEFAULT 'x';
--: case nested-checked-domain
ALTER TABLE event ADD COLUMN label nested_label;
--: case not-null-domain-without-default
ALTER TABLE event ADD COLUMN label required_label;
--: case not-null-domain-with-default
ALTER TABLE event ADD COLUMN label required_label DEFAULT 'x';
--: case domain-with-default
ALTER TABLE event ADD COLUMN label default_label;
--: case domain-with-default-not-null
ALTER TABLE event ADD COLUMN label default_label NOT NULL;
--: case domain-with-volatile-default
ALTER TABLE event ADD COLUMN at stamped;
--: case domain-with-volatile-default-overridden
ALTER TABLE event ADD COLUMN at stamped DEFAULT now();
--: case checked-domain-with-its-default
ALTER TABLE event ADD COLUMN label short_default;
--: case array-of-checked-domain
ALTER TABLE event ADD COLUMN labels short_label[];
--: case array-of-checked-domain-with-default
ALTER TABLE event ADD COLUMN labels short_label[] DEFAULT '{}';
--: case composite
ALTER TABLE event ADD COLUMN place point3;
--: case composite-with-default
ALTER TABLE event ADD COLUMN place point3 DEFAULT ROW(1, 2, 3)::point3;
--: case composite-with-checked-domain-inside
ALTER TABLE event ADD COLUMN place labelled;
--: case checked-domain-on-empty-table
ALTER TABLE nothing ADD COLUMN label short_label;
--: case not-null-domain-on-empty-table
ALTER TABLE nothing ADD COLUMN label required_label;
