-- tread-conformance/1
-- Changing types.
--: setup
CREATE DOMAIN plain AS text;
CREATE DOMAIN short AS varchar(50) CHECK (length(VALUE) < 60);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE t (id integer PRIMARY KEY, small smallint, big bigint, v20 varchar(20), v varchar, txt text, c10 char(10), tags varchar(20)[], words text[],
n numeric(10,2), anynum numeric, ts timestamp, ts3 timestamp(3), tstz timestamptz, tm time(3), d date, j json, jb jsonb, ci cidr, ip inet, feeling mood,
bool boolean, iv interval, iv2 interval(2), bits bit varying(5), dom plain, num_text text, u uuid, checked varchar(10) CHECK (checked <> ''),
coll text COLLATE "C", flt real, xm text, unique_one varchar(20) UNIQUE);
CREATE INDEX t_v20 ON t (v20);
CREATE INDEX t_txt ON t (txt);
CREATE INDEX t_ts ON t (ts);
CREATE INDEX t_n ON t (n);
CREATE INDEX t_ci ON t (ci);
CREATE INDEX t_lower ON t (lower(v20));
CREATE INDEX t_part ON t (small) WHERE v20 <> '';
CREATE TABLE parent (id integer PRIMARY KEY, code varchar(10) UNIQUE);
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent, parent_code varchar(10) REFERENCES parent (code), gen integer, dbl integer GENERATED ALWAYS AS (gen * 2) STORED);
CREATE VIEW reader AS SELECT big FROM t;
INSERT INTO t (id, small, big, v20, v, txt, c10, tags, words, n, anynum, ts, ts3, tstz, tm, d, j, jb, ci, ip, feeling, bool, iv, iv2, dom, num_text, u, checked, coll, flt, unique_one) SELECT g, g, g, g, g, g, g, ARRAY[g::text], ARRAY[g::text], g, g, now(), now(), now(), now()::time, now(), '{}', '{}', '10.0.0.0/8', '10.0.0.1', 'ok', true, '1 day', '1 day', g, g, gen_random_uuid(), g, g, g, g FROM generate_series(1, 1000) g;
INSERT INTO parent SELECT g, 'c' || g FROM generate_series(1, 1000) g;
INSERT INTO child (id, parent_id, parent_code, gen) SELECT g, g, 'c' || g, g FROM generate_series(1, 1000) g;

--: case ALTER TABLE t ALTER COLUMN id TYPE bigint
ALTER TABLE t ALTER COLUMN id TYPE bigint;

--: case ALTER TABLE t ALTER COLUMN small TYPE integer
ALTER TABLE t ALTER COLUMN small TYPE integer;

--: case ALTER TABLE t ALTER COLUMN big TYPE integer
ALTER TABLE t ALTER COLUMN big TYPE integer;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40)
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(10)
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(10);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar
ALTER TABLE t ALTER COLUMN v20 TYPE varchar;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE text
ALTER TABLE t ALTER COLUMN v20 TYPE text;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE text USING v20::text
ALTER TABLE t ALTER COLUMN v20 TYPE text USING v20::text;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE text USING upper(v20)
ALTER TABLE t ALTER COLUMN v20 TYPE text USING upper(v20);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40) USING v20::varchar(40)
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40) USING v20::varchar(40);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(20)
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(20);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE char(20)
ALTER TABLE t ALTER COLUMN v20 TYPE char(20);

--: case ALTER TABLE t ALTER COLUMN v TYPE varchar(40)
ALTER TABLE t ALTER COLUMN v TYPE varchar(40);

--: case ALTER TABLE t ALTER COLUMN v TYPE text
ALTER TABLE t ALTER COLUMN v TYPE text;

--: case ALTER TABLE t ALTER COLUMN txt TYPE varchar
ALTER TABLE t ALTER COLUMN txt TYPE varchar;

--: case ALTER TABLE t ALTER COLUMN txt TYPE varchar(100)
ALTER TABLE t ALTER COLUMN txt TYPE varchar(100);

--: case ALTER TABLE t ALTER COLUMN txt TYPE plain
ALTER TABLE t ALTER COLUMN txt TYPE plain;

--: case ALTER TABLE t ALTER COLUMN txt TYPE short
ALTER TABLE t ALTER COLUMN txt TYPE short;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE short
ALTER TABLE t ALTER COLUMN v20 TYPE short;

--: case ALTER TABLE t ALTER COLUMN dom TYPE text
ALTER TABLE t ALTER COLUMN dom TYPE text;

--: case ALTER TABLE t ALTER COLUMN dom TYPE varchar(30)
ALTER TABLE t ALTER COLUMN dom TYPE varchar(30);

--: case ALTER TABLE t ALTER COLUMN c10 TYPE char(20)
ALTER TABLE t ALTER COLUMN c10 TYPE char(20);

--: case ALTER TABLE t ALTER COLUMN c10 TYPE text
ALTER TABLE t ALTER COLUMN c10 TYPE text;

--: case ALTER TABLE t ALTER COLUMN c10 TYPE varchar(20)
ALTER TABLE t ALTER COLUMN c10 TYPE varchar(20);

--: case ALTER TABLE t ALTER COLUMN tags TYPE varchar(40)[]
ALTER TABLE t ALTER COLUMN tags TYPE varchar(40)[];

--: case ALTER TABLE t ALTER COLUMN tags TYPE varchar[]
ALTER TABLE t ALTER COLUMN tags TYPE varchar[];

--: case ALTER TABLE t ALTER COLUMN tags TYPE text[]
ALTER TABLE t ALTER COLUMN tags TYPE text[];

--: case ALTER TABLE t ALTER COLUMN words TYPE varchar[]
ALTER TABLE t ALTER COLUMN words TYPE varchar[];

--: case ALTER TABLE t ALTER COLUMN words TYPE varchar(20)[]
ALTER TABLE t ALTER COLUMN words TYPE varchar(20)[];

--: case ALTER TABLE t ALTER COLUMN n TYPE numeric(12,2)
ALTER TABLE t ALTER COLUMN n TYPE numeric(12,2);

--: case ALTER TABLE t ALTER COLUMN n TYPE numeric(12,3)
ALTER TABLE t ALTER COLUMN n TYPE numeric(12,3);

--: case ALTER TABLE t ALTER COLUMN n TYPE numeric(8,2)
ALTER TABLE t ALTER COLUMN n TYPE numeric(8,2);

--: case ALTER TABLE t ALTER COLUMN n TYPE numeric
ALTER TABLE t ALTER COLUMN n TYPE numeric;

--: case ALTER TABLE t ALTER COLUMN anynum TYPE numeric(20,2)
ALTER TABLE t ALTER COLUMN anynum TYPE numeric(20,2);

--: case ALTER TABLE t ALTER COLUMN ts TYPE timestamptz
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;

--: case SET TIME ZONE 'Europe/Berlin'; ALTER TABLE t ALTER COLUMN ts TYPE timestamptz
SET TIME ZONE 'Europe/Berlin'; ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;

--: case SET timezone = 'UTC'; ALTER TABLE t ALTER COLUMN tstz TYPE timestamp
SET timezone = 'UTC'; ALTER TABLE t ALTER COLUMN tstz TYPE timestamp;

--: case ALTER TABLE t ALTER COLUMN ts TYPE timestamptz USING ts AT TIME ZONE 'UTC'
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz USING ts AT TIME ZONE 'UTC';

--: case ALTER TABLE t ALTER COLUMN ts TYPE timestamp(3)
ALTER TABLE t ALTER COLUMN ts TYPE timestamp(3);

--: case ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp(6)
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp(6);

--: case ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp;

--: case ALTER TABLE t ALTER COLUMN ts3 TYPE timestamptz
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamptz;

--: case ALTER TABLE t ALTER COLUMN ts TYPE date
ALTER TABLE t ALTER COLUMN ts TYPE date;

--: case ALTER TABLE t ALTER COLUMN d TYPE timestamp
ALTER TABLE t ALTER COLUMN d TYPE timestamp;

--: case ALTER TABLE t ALTER COLUMN tm TYPE time(6)
ALTER TABLE t ALTER COLUMN tm TYPE time(6);

--: case ALTER TABLE t ALTER COLUMN tm TYPE time(0)
ALTER TABLE t ALTER COLUMN tm TYPE time(0);

--: case ALTER TABLE t ALTER COLUMN iv2 TYPE interval(4)
ALTER TABLE t ALTER COLUMN iv2 TYPE interval(4);

--: case ALTER TABLE t ALTER COLUMN iv2 TYPE interval
ALTER TABLE t ALTER COLUMN iv2 TYPE interval;

--: case ALTER TABLE t ALTER COLUMN iv TYPE interval(2)
ALTER TABLE t ALTER COLUMN iv TYPE interval(2);

--: case ALTER TABLE t ALTER COLUMN bits TYPE bit varying(9)
ALTER TABLE t ALTER COLUMN bits TYPE bit varying(9);

--: case ALTER TABLE t ALTER COLUMN j TYPE jsonb
ALTER TABLE t ALTER COLUMN j TYPE jsonb;

--: case ALTER TABLE t ALTER COLUMN j TYPE jsonb USING j::jsonb
ALTER TABLE t ALTER COLUMN j TYPE jsonb USING j::jsonb;

--: case ALTER TABLE t ALTER COLUMN jb TYPE json
ALTER TABLE t ALTER COLUMN jb TYPE json;

--: case ALTER TABLE t ALTER COLUMN ci TYPE inet
ALTER TABLE t ALTER COLUMN ci TYPE inet;

--: case ALTER TABLE t ALTER COLUMN ip TYPE cidr
ALTER TABLE t ALTER COLUMN ip TYPE cidr;

--: case ALTER TABLE t ALTER COLUMN feeling TYPE text
ALTER TABLE t ALTER COLUMN feeling TYPE text;

--: case ALTER TABLE t ALTER COLUMN txt TYPE mood
ALTER TABLE t ALTER COLUMN txt TYPE mood;

--: case ALTER TABLE t ALTER COLUMN num_text TYPE integer
ALTER TABLE t ALTER COLUMN num_text TYPE integer;

--: case ALTER TABLE t ALTER COLUMN num_text TYPE integer USING num_text::integer
ALTER TABLE t ALTER COLUMN num_text TYPE integer USING num_text::integer;

--: case ALTER TABLE t ALTER COLUMN num_text TYPE text USING num_text
ALTER TABLE t ALTER COLUMN num_text TYPE text USING num_text;

--: case ALTER TABLE t ALTER COLUMN bool TYPE integer
ALTER TABLE t ALTER COLUMN bool TYPE integer;

--: case ALTER TABLE t ALTER COLUMN bool TYPE integer USING bool::integer
ALTER TABLE t ALTER COLUMN bool TYPE integer USING bool::integer;

--: case ALTER TABLE t ALTER COLUMN u TYPE text
ALTER TABLE t ALTER COLUMN u TYPE text;

--: case ALTER TABLE t ALTER COLUMN v TYPE uuid
ALTER TABLE t ALTER COLUMN v TYPE uuid;

--: case ALTER TABLE t ALTER COLUMN flt TYPE double precision
ALTER TABLE t ALTER COLUMN flt TYPE double precision;

--: case ALTER TABLE t ALTER COLUMN id TYPE numeric
ALTER TABLE t ALTER COLUMN id TYPE numeric;

--: case ALTER TABLE t ALTER COLUMN checked TYPE varchar(20)
ALTER TABLE t ALTER COLUMN checked TYPE varchar(20);

--: case ALTER TABLE t ALTER COLUMN checked TYPE text
ALTER TABLE t ALTER COLUMN checked TYPE text;

--: case ALTER TABLE t ALTER COLUMN coll TYPE text
ALTER TABLE t ALTER COLUMN coll TYPE text;

--: case ALTER TABLE t ALTER COLUMN coll TYPE text COLLATE "C"
ALTER TABLE t ALTER COLUMN coll TYPE text COLLATE "C";

--: case ALTER TABLE t ALTER COLUMN txt TYPE text COLLATE "C"
ALTER TABLE t ALTER COLUMN txt TYPE text COLLATE "C";

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(30) COLLATE "C"
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(30) COLLATE "C";

--: case ALTER TABLE t ALTER COLUMN unique_one TYPE varchar(40)
ALTER TABLE t ALTER COLUMN unique_one TYPE varchar(40);

--: case ALTER TABLE t ALTER COLUMN unique_one TYPE text
ALTER TABLE t ALTER COLUMN unique_one TYPE text;

--: case ALTER TABLE t ALTER COLUMN big TYPE numeric
ALTER TABLE t ALTER COLUMN big TYPE numeric;

--: case ALTER TABLE t ALTER COLUMN nothing TYPE numeric
ALTER TABLE t ALTER COLUMN nothing TYPE numeric;

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40), ALTER COLUMN v TYPE text, ALTER COLUMN n TYPE numeric(20,2)
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40), ALTER COLUMN v TYPE text, ALTER COLUMN n TYPE numeric(20,2);

--: case ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40), ALTER COLUMN small TYPE integer
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40), ALTER COLUMN small TYPE integer;

--: case ALTER TABLE child ALTER COLUMN parent_id TYPE bigint
ALTER TABLE child ALTER COLUMN parent_id TYPE bigint;

--: case ALTER TABLE parent ALTER COLUMN id TYPE bigint
ALTER TABLE parent ALTER COLUMN id TYPE bigint;

--: case ALTER TABLE child ALTER COLUMN parent_code TYPE varchar(20)
ALTER TABLE child ALTER COLUMN parent_code TYPE varchar(20);

--: case ALTER TABLE parent ALTER COLUMN code TYPE varchar(20)
ALTER TABLE parent ALTER COLUMN code TYPE varchar(20);

--: case ALTER TABLE parent ALTER COLUMN code TYPE text
ALTER TABLE parent ALTER COLUMN code TYPE text;

--: case ALTER TABLE child ALTER COLUMN gen TYPE bigint
ALTER TABLE child ALTER COLUMN gen TYPE bigint;

--: case ALTER TABLE child ALTER COLUMN dbl TYPE bigint
ALTER TABLE child ALTER COLUMN dbl TYPE bigint;
