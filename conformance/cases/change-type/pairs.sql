-- tread-conformance/1
-- Which pairs of types keep the stored bytes. Every column has an index of its own, so that index rebuilds show.
--: setup
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE feeling AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN plain_text AS text;
CREATE DOMAIN short_text AS varchar(20);
CREATE DOMAIN checked_text AS text CHECK (length(VALUE) < 100);
CREATE DOMAIN plain_int AS integer;
CREATE TYPE pair AS (a integer, b integer);
CREATE TABLE t (
  id integer PRIMARY KEY,
  si smallint, i integer, bi bigint, r real, d double precision,
  n numeric, n10 numeric(10, 2), n5 numeric(5),
  v varchar, v20 varchar(20), c10 char(10), tx text, ci citext, nm name,
  b8 bit(8), vb bit varying, vb8 bit varying(8),
  dt date, ts timestamp, ts3 timestamp(3), tz timestamptz, tz3 timestamptz(3), tm time, tm3 time(3), iv interval, iv3 interval(3), ivd interval day to second,
  bo boolean, u uuid, ip inet, ci4 cidr, mac macaddr, by bytea, o oid,
  m mood, dtx plain_text, dst short_text, dct checked_text, di plain_int,
  v20s varchar(20)[], ints integer[], texts text[], ns numeric(10, 2)[], dtxs plain_text[]
);
INSERT INTO t SELECT g, g, g, g, g, g, g, g, g, g::text, g::text, g::text, g::text, g::text, g::text,
  B'00000001', B'1', B'1', '2000-01-01', '2000-01-01', '2000-01-01', '2000-01-01', '2000-01-01', '10:00', '10:00', '1 day', '1 day', '1 day',
  true, gen_random_uuid(), '10.0.0.1', '10.0.0.0/8', '08:00:2b:01:02:03', 'x', g, 'ok', 'x', 'x', 'x', g,
  '{a}', '{1}', '{a}', '{1}', '{a}'
  FROM generate_series(1, 200) g;
CREATE TABLE doc (id integer PRIMARY KEY, j json, jb jsonb, x xml, pt point, ra int4range, tsv tsvector, p pair);
INSERT INTO doc SELECT g, '{}', '{}', '<a/>', '(1,1)', '[1,2)', 'a', ROW(1, 2)::pair FROM generate_series(1, 200) g;
CREATE INDEX t_v20 ON t (v20);
CREATE INDEX t_tx ON t (tx);
CREATE INDEX t_n10 ON t (n10);
CREATE INDEX t_ip ON t (ci4);
CREATE INDEX t_ts ON t (ts);
CREATE INDEX t_tz ON t (tz);
CREATE INDEX t_tm3 ON t (tm3);
CREATE INDEX t_vb8 ON t (vb8);
CREATE INDEX t_di ON t (di);
CREATE INDEX t_dtx ON t (dtx);
CREATE INDEX t_v20s ON t USING gin (v20s);
CREATE INDEX t_i ON t (i);
CREATE INDEX t_o ON t (o);
CREATE INDEX t_b8 ON t (b8);
CREATE INDEX t_nm ON t (nm);
CREATE INDEX t_ci ON t (ci);
--: case same-type
ALTER TABLE t ALTER COLUMN i TYPE integer;
--: case same-type-by-another-name
ALTER TABLE t ALTER COLUMN i TYPE int4;
--: case same-varchar
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(20);
--: case varchar-wider
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(40);
--: case varchar-narrower
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(10);
--: case varchar-to-unlimited
ALTER TABLE t ALTER COLUMN v20 TYPE varchar;
--: case varchar-to-text
ALTER TABLE t ALTER COLUMN v20 TYPE text;
--: case unlimited-varchar-to-text
ALTER TABLE t ALTER COLUMN v TYPE text;
--: case text-to-unlimited-varchar
ALTER TABLE t ALTER COLUMN tx TYPE varchar;
--: case text-to-limited-varchar
ALTER TABLE t ALTER COLUMN tx TYPE varchar(50);
--: case unlimited-varchar-to-limited
ALTER TABLE t ALTER COLUMN v TYPE varchar(50);
--: case char-to-wider-char
ALTER TABLE t ALTER COLUMN c10 TYPE char(20);
--: case char-to-varchar
ALTER TABLE t ALTER COLUMN c10 TYPE varchar(20);
--: case char-to-text
ALTER TABLE t ALTER COLUMN c10 TYPE text;
--: case varchar-to-char
ALTER TABLE t ALTER COLUMN v20 TYPE char(20);
--: case varchar-to-bpchar
ALTER TABLE t ALTER COLUMN v20 TYPE bpchar;
--: case text-to-citext
ALTER TABLE t ALTER COLUMN tx TYPE citext;
--: case citext-to-text
ALTER TABLE t ALTER COLUMN ci TYPE text;
--: case varchar-to-citext
ALTER TABLE t ALTER COLUMN v20 TYPE citext;
--: case text-to-name
ALTER TABLE t ALTER COLUMN tx TYPE name;
--: case name-to-text
ALTER TABLE t ALTER COLUMN nm TYPE text;
--: case smallint-to-integer
ALTER TABLE t ALTER COLUMN si TYPE integer;
--: case integer-to-bigint
ALTER TABLE t ALTER COLUMN i TYPE bigint;
--: case bigint-to-integer
ALTER TABLE t ALTER COLUMN bi TYPE integer;
--: case integer-to-numeric
ALTER TABLE t ALTER COLUMN i TYPE numeric;
--: case integer-to-text
ALTER TABLE t ALTER COLUMN i TYPE text;
--: case text-to-integer-without-using
ALTER TABLE t ALTER COLUMN tx TYPE integer;
--: case text-to-integer-using
ALTER TABLE t ALTER COLUMN tx TYPE integer USING tx::integer;
--: case integer-to-oid
ALTER TABLE t ALTER COLUMN i TYPE oid;
--: case oid-to-integer
ALTER TABLE t ALTER COLUMN o TYPE integer;
--: case oid-to-regclass
ALTER TABLE t ALTER COLUMN o TYPE regclass;
--: case oid-to-bigint
ALTER TABLE t ALTER COLUMN o TYPE bigint;
--: case integer-to-boolean
ALTER TABLE t ALTER COLUMN i TYPE boolean;
--: case integer-to-boolean-using
ALTER TABLE t ALTER COLUMN i TYPE boolean USING i::boolean;
--: case boolean-to-integer
ALTER TABLE t ALTER COLUMN bo TYPE integer;
--: case boolean-to-text
ALTER TABLE t ALTER COLUMN bo TYPE text;
--: case real-to-double
ALTER TABLE t ALTER COLUMN r TYPE double precision;
--: case double-to-numeric
ALTER TABLE t ALTER COLUMN d TYPE numeric;
--: case numeric-more-precision
ALTER TABLE t ALTER COLUMN n10 TYPE numeric(12, 2);
--: case numeric-less-precision
ALTER TABLE t ALTER COLUMN n10 TYPE numeric(8, 2);
--: case numeric-other-scale
ALTER TABLE t ALTER COLUMN n10 TYPE numeric(12, 4);
--: case numeric-without-limit
ALTER TABLE t ALTER COLUMN n10 TYPE numeric;
--: case numeric-with-limit
ALTER TABLE t ALTER COLUMN n TYPE numeric(20, 4);
--: case numeric-of-precision-only
ALTER TABLE t ALTER COLUMN n5 TYPE numeric(8);
--: case numeric-scale-zero-written
ALTER TABLE t ALTER COLUMN n5 TYPE numeric(5, 0);
--: case decimal-is-numeric
ALTER TABLE t ALTER COLUMN n10 TYPE decimal(14, 2);
--: case numeric-to-bigint
ALTER TABLE t ALTER COLUMN n5 TYPE bigint;
--: case bit-to-other-length-by-explicit-cast
ALTER TABLE t ALTER COLUMN b8 TYPE bit(16) USING b8::bit(16);
--: case bit-to-bit-varying
ALTER TABLE t ALTER COLUMN b8 TYPE bit varying;
--: case bit-varying-wider
ALTER TABLE t ALTER COLUMN vb8 TYPE bit varying(16);
--: case bit-varying-narrower
ALTER TABLE t ALTER COLUMN vb8 TYPE bit varying(4);
--: case bit-varying-unlimited
ALTER TABLE t ALTER COLUMN vb8 TYPE bit varying;
--: case bit-varying-to-limit
ALTER TABLE t ALTER COLUMN vb TYPE bit varying(64);
--: case date-to-timestamp
ALTER TABLE t ALTER COLUMN dt TYPE timestamp;
--: case timestamp-to-date
ALTER TABLE t ALTER COLUMN ts TYPE date;
--: case timestamp-to-timestamptz-under-utc
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamp-to-timestamptz-elsewhere
SET timezone = 'Europe/Berlin';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamp-to-timestamptz-under-gmt
SET timezone = 'GMT';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamp-to-timestamptz-under-etc-utc
SET timezone = 'Etc/UTC';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamp-to-timestamptz-under-zero
SET timezone = 0;
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamp-to-timestamptz-under-london
SET timezone = 'Europe/London';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;
--: case timestamptz-to-timestamp-under-utc
ALTER TABLE t ALTER COLUMN tz TYPE timestamp;
--: case timestamptz-to-timestamp-elsewhere
SET timezone = 'America/New_York';
ALTER TABLE t ALTER COLUMN tz TYPE timestamp;
--: case timestamp-to-timestamptz-using-at-time-zone
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz USING ts AT TIME ZONE 'UTC';
--: case timestamp-fewer-digits
ALTER TABLE t ALTER COLUMN ts TYPE timestamp(0);
--: case timestamp-more-digits
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp(6);
--: case timestamp-all-digits
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamp;
--: case timestamp-six-is-all
ALTER TABLE t ALTER COLUMN ts TYPE timestamp(6);
--: case timestamp3-to-timestamptz3
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamptz(3);
--: case timestamp-to-timestamptz-fewer-digits
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz(3);
--: case timestamp3-to-timestamptz
ALTER TABLE t ALTER COLUMN ts3 TYPE timestamptz;
--: case timestamptz-more-digits
ALTER TABLE t ALTER COLUMN tz3 TYPE timestamptz(5);
--: case time-more-digits
ALTER TABLE t ALTER COLUMN tm3 TYPE time(4);
--: case time-fewer-digits
ALTER TABLE t ALTER COLUMN tm TYPE time(0);
--: case time-to-interval
ALTER TABLE t ALTER COLUMN tm TYPE interval;
--: case time-to-timetz
ALTER TABLE t ALTER COLUMN tm TYPE timetz;
--: case interval-more-digits
ALTER TABLE t ALTER COLUMN iv3 TYPE interval(5);
--: case interval-fewer-digits
ALTER TABLE t ALTER COLUMN iv TYPE interval(3);
--: case interval-all
ALTER TABLE t ALTER COLUMN iv3 TYPE interval;
--: case interval-fields-off
ALTER TABLE t ALTER COLUMN ivd TYPE interval;
--: case interval-to-fields
ALTER TABLE t ALTER COLUMN iv TYPE interval day to second;
--: case interval-to-hours
ALTER TABLE t ALTER COLUMN ivd TYPE interval hour;
--: case cidr-to-inet
ALTER TABLE t ALTER COLUMN ci4 TYPE inet;
--: case inet-to-cidr
ALTER TABLE t ALTER COLUMN ip TYPE cidr;
--: case inet-to-text
ALTER TABLE t ALTER COLUMN ip TYPE text;
--: case macaddr-to-macaddr8
ALTER TABLE t ALTER COLUMN mac TYPE macaddr8;
--: case uuid-to-text
ALTER TABLE t ALTER COLUMN u TYPE text;
--: case text-to-uuid-using
ALTER TABLE t ALTER COLUMN tx TYPE uuid USING md5(tx)::uuid;
--: case text-to-uuid
ALTER TABLE t ALTER COLUMN tx TYPE uuid;
--: case text-to-bytea
ALTER TABLE t ALTER COLUMN tx TYPE bytea;
--: case enum-to-text
ALTER TABLE t ALTER COLUMN m TYPE text;
--: case text-to-enum
ALTER TABLE t ALTER COLUMN dtx TYPE mood;
--: case enum-to-other-enum
ALTER TABLE t ALTER COLUMN m TYPE feeling;
--: case enum-to-other-enum-using
ALTER TABLE t ALTER COLUMN m TYPE feeling USING m::text::feeling;
--: case text-to-plain-domain
ALTER TABLE t ALTER COLUMN tx TYPE plain_text;
--: case plain-domain-to-text
ALTER TABLE t ALTER COLUMN dtx TYPE text;
--: case varchar-to-domain-of-varchar
ALTER TABLE t ALTER COLUMN v20 TYPE short_text;
--: case text-to-domain-of-limited-varchar
ALTER TABLE t ALTER COLUMN tx TYPE short_text;
--: case domain-of-varchar-to-wider-varchar
ALTER TABLE t ALTER COLUMN dst TYPE varchar(30);
--: case domain-of-varchar-to-narrower-varchar
ALTER TABLE t ALTER COLUMN dst TYPE varchar(10);
--: case text-to-checked-domain
ALTER TABLE t ALTER COLUMN tx TYPE checked_text;
--: case checked-domain-to-text
ALTER TABLE t ALTER COLUMN dct TYPE text;
--: case checked-domain-to-itself
ALTER TABLE t ALTER COLUMN dct TYPE checked_text;
--: case domain-of-integer-to-bigint
ALTER TABLE t ALTER COLUMN di TYPE bigint;
--: case domain-of-integer-to-integer
ALTER TABLE t ALTER COLUMN di TYPE integer;
--: case integer-to-domain-of-integer
ALTER TABLE t ALTER COLUMN i TYPE plain_int;
--: case array-of-varchar-wider
ALTER TABLE t ALTER COLUMN v20s TYPE varchar(40)[];
--: case array-of-varchar-unlimited
ALTER TABLE t ALTER COLUMN v20s TYPE varchar[];
--: case array-of-varchar-to-text
ALTER TABLE t ALTER COLUMN v20s TYPE text[];
--: case array-of-text-to-varchar
ALTER TABLE t ALTER COLUMN texts TYPE varchar[];
--: case array-of-integer-to-bigint
ALTER TABLE t ALTER COLUMN ints TYPE bigint[];
--: case array-of-numeric-unlimited
ALTER TABLE t ALTER COLUMN ns TYPE numeric[];
--: case array-of-numeric-wider
ALTER TABLE t ALTER COLUMN ns TYPE numeric(12, 2)[];
--: case array-of-domain-to-array-of-text
ALTER TABLE t ALTER COLUMN dtxs TYPE text[];
--: case array-of-text-to-array-of-domain
ALTER TABLE t ALTER COLUMN texts TYPE plain_text[];
--: case array-dimensions-mean-nothing
ALTER TABLE t ALTER COLUMN ints TYPE integer[][];
--: case scalar-to-array
ALTER TABLE t ALTER COLUMN i TYPE integer[];
--: case scalar-to-array-using
ALTER TABLE t ALTER COLUMN i TYPE integer[] USING ARRAY[i];
--: case array-to-scalar
ALTER TABLE t ALTER COLUMN ints TYPE integer;
--: case array-to-text
ALTER TABLE t ALTER COLUMN ints TYPE text;
--: case json-to-jsonb
ALTER TABLE doc ALTER COLUMN j TYPE jsonb;
--: case jsonb-to-json
ALTER TABLE doc ALTER COLUMN jb TYPE json;
--: case jsonb-to-text
ALTER TABLE doc ALTER COLUMN jb TYPE text;
--: case text-to-jsonb
ALTER TABLE t ALTER COLUMN tx TYPE jsonb;
--: case xml-to-text
ALTER TABLE doc ALTER COLUMN x TYPE text;
--: case range-to-text
ALTER TABLE doc ALTER COLUMN ra TYPE text;
--: case composite-to-text
ALTER TABLE doc ALTER COLUMN p TYPE text;
--: case to-serial
ALTER TABLE t ALTER COLUMN i TYPE serial;
--: case missing-column
ALTER TABLE t ALTER COLUMN nothing TYPE text;
--: case integer-to-uuid
ALTER TABLE t ALTER COLUMN i TYPE uuid;
--: case timestamp-to-integer
ALTER TABLE t ALTER COLUMN ts TYPE integer;
--: case integer-to-timestamp-using
ALTER TABLE t ALTER COLUMN i TYPE timestamptz USING to_timestamp(i);
--: case real-to-numeric-with-limit
ALTER TABLE t ALTER COLUMN r TYPE numeric(10, 2);
--: case integer-to-money
ALTER TABLE t ALTER COLUMN i TYPE money;
--: case date-to-text
ALTER TABLE t ALTER COLUMN dt TYPE text;
