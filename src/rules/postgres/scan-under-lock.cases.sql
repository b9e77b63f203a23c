-- case: a foreign key is enforced from here on
-- page: bad
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY);
CREATE TABLE pet (id bigint PRIMARY KEY, person_id bigint, CONSTRAINT pet_person FOREIGN KEY (person_id) REFERENCES person (id) NOT ENFORCED);
-- 0002.sql
ALTER TABLE pet ALTER CONSTRAINT pet_person ENFORCED; -- expect: scan-under-lock@error, scan-under-lock@error

-- case: a partition whose bound must be proved
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2026 (id bigint, at date NOT NULL);
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); -- expect: attach-partition-scan@error

-- case: a check proves it already
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2026 (id bigint, at date NOT NULL, CHECK (at >= '2026-01-01' AND at < '2027-01-01'));
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- case: a domain is checked on every table that uses it
-- 0001.sql
CREATE DOMAIN label AS text;
CREATE TABLE person (id bigint PRIMARY KEY, title label);
-- 0002.sql
ALTER DOMAIN label ADD CONSTRAINT label_short CHECK (length(VALUE) < 40); -- expect: alter-domain-blocking@error

-- case: REINDEX
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
REINDEX TABLE person; -- expect: reindex-blocking@error

-- case: REINDEX CONCURRENTLY
-- 0001.sql
CREATE TABLE person (id bigint PRIMARY KEY, name text NOT NULL, email varchar(50));
-- 0002.sql
REINDEX TABLE CONCURRENTLY person;

-- case: a materialized view is read on while it is refreshed concurrently
-- 0001.sql
CREATE TABLE player (id bigint PRIMARY KEY, gold integer);
CREATE MATERIALIZED VIEW ranking AS SELECT id, gold FROM player;
CREATE UNIQUE INDEX ranking_id ON ranking (id);
-- 0002.sql
REFRESH MATERIALIZED VIEW CONCURRENTLY ranking;

-- case: COMMENT, statistics and storage parameters make nobody wait
-- 0001.sql
CREATE TABLE player (id bigint PRIMARY KEY, gold integer);
-- 0002.sql
COMMENT ON COLUMN player.gold IS 'coins';
ALTER TABLE player ALTER COLUMN gold SET STATISTICS 500;
ALTER TABLE player SET (fillfactor = 80);
ALTER TABLE player SET (autovacuum_vacuum_scale_factor = 0.01);
