-- tread-conformance/1
-- ATTACH, DETACH and CREATE … PARTITION OF: parent, partition, default partition, and what proves the bound.
--: setup
CREATE TABLE ref (id integer PRIMARY KEY);
INSERT INTO ref SELECT g FROM generate_series(1, 50) g;
CREATE TABLE m (id integer NOT NULL, day date NOT NULL, ref_id integer, note text) PARTITION BY RANGE (day);
CREATE TABLE m_jan PARTITION OF m FOR VALUES FROM ('2000-01-01') TO ('2000-02-01');
CREATE TABLE m_rest PARTITION OF m DEFAULT;
CREATE INDEX m_note ON m (note);
INSERT INTO m SELECT g, date '2000-01-01' + g % 30, g % 50 + 1, 'n' FROM generate_series(1, 100) g;
INSERT INTO m SELECT g, date '2005-01-01', g % 50 + 1, 'n' FROM generate_series(1, 100) g;
CREATE TABLE plain (id integer NOT NULL, day date NOT NULL, ref_id integer, note text);
INSERT INTO plain SELECT g, date '2000-02-01' + g % 20, 1, 'n' FROM generate_series(1, 100) g;
CREATE TABLE proven (id integer NOT NULL, day date NOT NULL, ref_id integer, note text, CONSTRAINT c CHECK (day >= '2000-02-01' AND day < '2000-03-01'));
INSERT INTO proven SELECT g, date '2000-02-01' + g % 20, 1, 'n' FROM generate_series(1, 100) g;
CREATE TABLE unproven (id integer NOT NULL, day date NOT NULL, ref_id integer, note text);
INSERT INTO unproven SELECT g, date '2000-02-01' + g % 20, 1, 'n' FROM generate_series(1, 100) g;
ALTER TABLE unproven ADD CONSTRAINT c CHECK (day >= '2000-02-01' AND day < '2000-03-01') NOT VALID;
CREATE TABLE narrower (id integer NOT NULL, day date NOT NULL, ref_id integer, note text, CONSTRAINT c CHECK (day BETWEEN '2000-02-05' AND '2000-02-25'));
INSERT INTO narrower SELECT g, date '2000-02-05' + g % 20, 1, 'n' FROM generate_series(1, 100) g;
CREATE TABLE indexed (id integer NOT NULL, day date NOT NULL, ref_id integer, note text);
CREATE INDEX indexed_note ON indexed (note);
INSERT INTO indexed SELECT g, date '2000-02-01' + g % 20, 1, 'n' FROM generate_series(1, 100) g;
CREATE TABLE hollow (id integer NOT NULL, day date NOT NULL, ref_id integer, note text);
CREATE TABLE odd (id integer NOT NULL, day date NOT NULL, note text);
CREATE TABLE wide (id integer NOT NULL, day date NOT NULL, ref_id integer, note text, extra text);
CREATE TABLE odd_type (id bigint NOT NULL, day date NOT NULL, ref_id integer, note text);
-- no default partition, a primary key and a foreign key
CREATE TABLE q (id integer, region text, ref_id integer REFERENCES ref, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE q_eu PARTITION OF q FOR VALUES IN ('eu');
CREATE TABLE q_us PARTITION OF q FOR VALUES IN ('us', 'ca');
INSERT INTO q SELECT g, 'eu', g % 50 + 1 FROM generate_series(1, 100) g;
CREATE TABLE q_asia (id integer NOT NULL, region text NOT NULL, ref_id integer);
INSERT INTO q_asia SELECT g, 'asia', g % 50 + 1 FROM generate_series(1, 100) g;
CREATE TABLE q_asia_ready (id integer NOT NULL, region text NOT NULL, ref_id integer REFERENCES ref, PRIMARY KEY (id, region), CHECK (region = 'asia'));
INSERT INTO q_asia_ready SELECT g, 'asia', g % 50 + 1 FROM generate_series(1, 100) g;
CREATE TABLE q_asia_null (id integer NOT NULL, region text, ref_id integer, CHECK (region = 'asia'));
-- hash, and a tree of two levels
CREATE TABLE h (id bigint PRIMARY KEY, v text) PARTITION BY HASH (id);
CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE h1 (id bigint PRIMARY KEY, v text);
CREATE TABLE deep (id integer NOT NULL, day date NOT NULL, region text) PARTITION BY RANGE (day);
CREATE TABLE deep_2000 PARTITION OF deep FOR VALUES FROM ('2000-01-01') TO ('2001-01-01') PARTITION BY LIST (region);
CREATE TABLE deep_2000_eu PARTITION OF deep_2000 FOR VALUES IN ('eu');
CREATE TABLE deep_2000_rest PARTITION OF deep_2000 DEFAULT;
CREATE TABLE deep_rest PARTITION OF deep DEFAULT PARTITION BY LIST (region);
CREATE TABLE deep_rest_eu PARTITION OF deep_rest FOR VALUES IN ('eu');
CREATE TABLE deep_rest_rest PARTITION OF deep_rest DEFAULT;
INSERT INTO deep SELECT g, '2000-05-05', 'eu' FROM generate_series(1, 50) g;
INSERT INTO deep SELECT g, '2000-05-05', 'us' FROM generate_series(1, 50) g;
INSERT INTO deep SELECT g, '2010-05-05', 'eu' FROM generate_series(1, 50) g;
INSERT INTO deep SELECT g, '2010-05-05', 'us' FROM generate_series(1, 50) g;
CREATE TABLE deep_new (id integer NOT NULL, day date NOT NULL, region text);
INSERT INTO deep_new SELECT g, '2002-05-05', 'eu' FROM generate_series(1, 50) g;
CREATE TABLE two (a integer NOT NULL, b integer NOT NULL) PARTITION BY RANGE (a, b);
CREATE TABLE two_new (a integer NOT NULL, b integer NOT NULL);
INSERT INTO two_new VALUES (1, 1), (2, 2);
CREATE TABLE ts (id integer, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE ts_new (id integer, at timestamptz NOT NULL, CONSTRAINT c CHECK (at >= timestamptz '2000-01-01 00:00+00' AND at < timestamptz '2000-02-01 00:00+00'));
INSERT INTO ts_new SELECT g, '2000-01-05' FROM generate_series(1, 50) g;
CREATE TABLE n (id integer NOT NULL, v text) PARTITION BY RANGE (id);
CREATE TABLE n_new (id integer NOT NULL, v text, CONSTRAINT c CHECK (id >= 100 AND id < 200));
INSERT INTO n_new SELECT g, 'v' FROM generate_series(100, 150) g;
CREATE VIEW m_view AS SELECT * FROM m;
CREATE TABLE l (k text) PARTITION BY LIST (k);
CREATE TABLE l_new (k text NOT NULL, CONSTRAINT c CHECK (k IN ('a', 'b')));
INSERT INTO l_new SELECT 'a' FROM generate_series(1, 50);
CREATE TABLE l_any (k text NOT NULL, CONSTRAINT c CHECK (k = ANY (ARRAY['a', 'b'])));
INSERT INTO l_any SELECT 'a' FROM generate_series(1, 50);
--: case attach-unproven-with-default
ALTER TABLE m ATTACH PARTITION plain FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-proven-with-default
ALTER TABLE m ATTACH PARTITION proven FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-proven-and-default-proven
ALTER TABLE m_rest ADD CONSTRAINT not_feb CHECK (day < '2000-02-01' OR day >= '2000-03-01');
ALTER TABLE m ATTACH PARTITION proven FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-check-not-valid-proves-nothing
ALTER TABLE m ATTACH PARTITION unproven FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-narrower-check-proves
ALTER TABLE m ATTACH PARTITION narrower FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-wider-check-does-not-prove
ALTER TABLE m ATTACH PARTITION proven FOR VALUES FROM ('2000-02-01') TO ('2000-02-28');
--: case attach-with-index-that-fits
ALTER TABLE m ATTACH PARTITION indexed FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-empty
ALTER TABLE m ATTACH PARTITION hollow FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-second-default
ALTER TABLE m ATTACH PARTITION hollow DEFAULT;
--: case attach-overlapping
ALTER TABLE m ATTACH PARTITION hollow FOR VALUES FROM ('2000-01-15') TO ('2000-03-01');
--: case attach-missing-column
ALTER TABLE m ATTACH PARTITION odd FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-extra-column
ALTER TABLE m ATTACH PARTITION wide FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-other-type
ALTER TABLE m ATTACH PARTITION odd_type FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-missing-table
ALTER TABLE m ATTACH PARTITION nobody FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-to-plain-table
ALTER TABLE plain ATTACH PARTITION hollow FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-partition-of-another
ALTER TABLE m ATTACH PARTITION q_eu FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case attach-needs-key-and-foreign-key
ALTER TABLE q ATTACH PARTITION q_asia FOR VALUES IN ('asia');
--: case attach-has-key-foreign-key-and-check
ALTER TABLE q ATTACH PARTITION q_asia_ready FOR VALUES IN ('asia');
--: case attach-check-without-not-null
ALTER TABLE q ATTACH PARTITION q_asia_null FOR VALUES IN ('asia');
--: case attach-as-default-of-list
ALTER TABLE q ATTACH PARTITION q_asia DEFAULT;
--: case attach-hash
ALTER TABLE h ATTACH PARTITION h1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--: case attach-under-partitioned-default
ALTER TABLE deep ATTACH PARTITION deep_new FOR VALUES FROM ('2002-01-01') TO ('2003-01-01');
--: case attach-two-column-range
ALTER TABLE two ATTACH PARTITION two_new FOR VALUES FROM (0, 0) TO (10, 10);
--: case attach-timestamptz-proven
ALTER TABLE ts ATTACH PARTITION ts_new FOR VALUES FROM ('2000-01-01 00:00+00') TO ('2000-02-01 00:00+00');
--: case attach-integer-proven
ALTER TABLE n ATTACH PARTITION n_new FOR VALUES FROM (100) TO (200);
--: case attach-integer-within
ALTER TABLE n ATTACH PARTITION n_new FOR VALUES FROM (50) TO (500);
--: case attach-integer-open-below
ALTER TABLE n ATTACH PARTITION n_new FOR VALUES FROM (MINVALUE) TO (200);
--: case attach-integer-check-too-wide
ALTER TABLE n ATTACH PARTITION n_new FOR VALUES FROM (100) TO (180);
--: case attach-list-proven-in
ALTER TABLE l ATTACH PARTITION l_new FOR VALUES IN ('a', 'b');
--: case attach-list-proven-in-subset
ALTER TABLE l ATTACH PARTITION l_new FOR VALUES IN ('a', 'b', 'c');
--: case attach-list-proven-any
ALTER TABLE l ATTACH PARTITION l_any FOR VALUES IN ('a', 'b');
--: case attach-first-partition-as-default
ALTER TABLE n ATTACH PARTITION n_new DEFAULT;
--: case detach-with-default
ALTER TABLE m DETACH PARTITION m_jan;
--: case detach-default
ALTER TABLE m DETACH PARTITION m_rest;
--: case detach-with-foreign-key
ALTER TABLE q DETACH PARTITION q_eu;
--: case detach-partitioned
ALTER TABLE deep DETACH PARTITION deep_2000;
--: case detach-what-is-no-partition
ALTER TABLE m DETACH PARTITION plain;
--: case detach-missing
ALTER TABLE m DETACH PARTITION nobody;
--: case detach-concurrently-in-transaction @14+
ALTER TABLE q DETACH PARTITION q_eu CONCURRENTLY;
--: case detach-concurrently @14+ @alone
ALTER TABLE q DETACH PARTITION q_eu CONCURRENTLY;
--: case detach-concurrently-with-default @14+ @alone
ALTER TABLE m DETACH PARTITION m_jan CONCURRENTLY;
--: case detach-concurrently-before-14 @13 @alone
ALTER TABLE q DETACH PARTITION q_eu CONCURRENTLY;
--: case detach-finalize-nothing-pending @14+
ALTER TABLE q DETACH PARTITION q_eu FINALIZE;
--: case create-partition-with-default
CREATE TABLE m_feb PARTITION OF m FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-default-proven
ALTER TABLE m_rest ADD CONSTRAINT not_feb CHECK (day < '2000-02-01' OR day >= '2000-03-01');
CREATE TABLE m_feb PARTITION OF m FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-without-default
CREATE TABLE q_asia2 PARTITION OF q FOR VALUES IN ('asia');
--: case create-default-partition
CREATE TABLE q_rest PARTITION OF q DEFAULT;
--: case create-second-default-partition
CREATE TABLE m_rest2 PARTITION OF m DEFAULT;
--: case create-overlapping-partition
CREATE TABLE m_more PARTITION OF m FOR VALUES FROM ('2000-01-15') TO ('2000-02-15');
--: case create-list-value-twice
CREATE TABLE q_more PARTITION OF q FOR VALUES IN ('us');
--: case create-empty-range
CREATE TABLE m_more PARTITION OF m FOR VALUES FROM ('2001-01-01') TO ('2001-01-01');
--: case create-partition-under-partitioned-default
CREATE TABLE deep_2001 PARTITION OF deep FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
--: case create-partitioned-partition
CREATE TABLE m_feb PARTITION OF m FOR VALUES FROM ('2000-02-01') TO ('2000-03-01') PARTITION BY LIST (note);
--: case create-partition-of-plain-table
CREATE TABLE plain_part PARTITION OF plain FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-partition-of-missing-table
CREATE TABLE x PARTITION OF nobody FOR VALUES IN (1);
--: case create-partition-if-not-exists-there
CREATE TABLE IF NOT EXISTS m_jan PARTITION OF m FOR VALUES FROM ('2000-01-01') TO ('2000-02-01');
--: case create-partition-with-columns
CREATE TABLE m_feb PARTITION OF m (note DEFAULT 'x', CONSTRAINT small CHECK (id < 1000000)) FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-like-then-attach
CREATE TABLE m_feb (LIKE m INCLUDING ALL);
ALTER TABLE m ATTACH PARTITION m_feb FOR VALUES FROM ('2000-02-01') TO ('2000-03-01');
--: case create-hash-partition
CREATE TABLE h2 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
--: case create-hash-partition-taken
CREATE TABLE h2 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
--: case create-range-in-list
CREATE TABLE q_bad PARTITION OF q FOR VALUES FROM ('a') TO ('b');
--: case create-default-of-hash
CREATE TABLE h_rest PARTITION OF h DEFAULT;
--: case drop-partition
DROP TABLE q_eu;
--: case drop-partition-with-default
DROP TABLE m_jan;
--: case drop-default-partition
DROP TABLE m_rest;
--: case drop-parent
DROP TABLE q;
--: case drop-deep
DROP TABLE deep;
--: case drop-middle
DROP TABLE deep_2000;
--: case drop-parent-with-view
DROP TABLE m;
--: case truncate-parent
TRUNCATE q;
--: case truncate-partition
TRUNCATE q_eu;
--: case truncate-only-parent
TRUNCATE ONLY q;
