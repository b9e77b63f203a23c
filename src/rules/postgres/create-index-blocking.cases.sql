-- case: an index on an existing table
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX person_email_idx ON person (email); -- expect: create-index-blocking@error

-- case: a hundred rows
-- environment: self_hosted rows(person)=100
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX person_email_idx ON person (email); -- expect: create-index-blocking@info

-- case: a unique one
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE UNIQUE INDEX person_email_idx ON person (lower(email)) WHERE email IS NOT NULL; -- expect: create-index-blocking@error

-- case: a partitioned table builds it on every partition
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- 0002.sql
CREATE INDEX event_id_idx ON event (id); -- expect: create-index-blocking@error

-- case: concurrently, outside of a transaction
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX CONCURRENTLY person_email_idx ON person (email);

-- case: a table of the same release
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, email text);
CREATE INDEX person_email_idx ON person (email);

-- case: only the parent of a partitioned table, then concurrently on the partition
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
-- 0002.sql
CREATE INDEX event_id_idx ON ONLY event (id);
CREATE INDEX CONCURRENTLY event_2026_id_idx ON event_2026 (id);

-- case: an operator class and INCLUDE are kept in the form that is recommended
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
CREATE INDEX IF NOT EXISTS person_email_like
  ON person (email varchar_pattern_ops) INCLUDE (name); -- expect: create-index-blocking@error
