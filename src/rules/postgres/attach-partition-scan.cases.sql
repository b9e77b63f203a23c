-- case: nothing proves the bound
-- page: bad
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 (id bigint, at date NOT NULL);
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); -- expect: attach-partition-scan@error

-- case: it lacks an index of the parent
-- postgres: 15
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2025 (id bigint NOT NULL, at date NOT NULL);
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01'); -- expect: attach-partition-scan@error

-- case: a validated check proves it
-- page: good
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2025 (id bigint, at date NOT NULL);
ALTER TABLE event_2025 ADD CONSTRAINT event_2025_bound CHECK (at >= '2025-01-01' AND at < '2026-01-01');
-- 0002.sql
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

-- case: a table of the same release
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
-- 0002.sql
CREATE TABLE event_2027 (id bigint, at date NOT NULL);
ALTER TABLE event ATTACH PARTITION event_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
