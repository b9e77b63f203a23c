-- case: the only partition, and the app writes today's rows
-- page: bad
-- live: INSERT INTO event (id, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
DROP TABLE event_now; -- expect: drop-partition-locks-parent@info, drop-table@warning, partition-still-written@error

-- case: detached, it is as good as gone for writers
-- live: COPY event (id, at) FROM STDIN
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_now CONCURRENTLY; -- expect: partition-still-written@error

-- case: a range of the past
-- page: good
-- live: INSERT INTO event (id, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2019 PARTITION OF event FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2019 CONCURRENTLY;

-- case: a default partition takes what comes
-- live: INSERT INTO event (id, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
-- 0002.sql
SET lock_timeout = '2s';
ALTER TABLE event DETACH PARTITION event_now; -- expect: detach-partition-blocking@info

-- case: nobody writes into it
-- live: SELECT id, at FROM event WHERE id = $1
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_now CONCURRENTLY;

-- case: one of a list, and of a hash
-- live: INSERT INTO hit (site, n) VALUES ($1, $2)
-- live: INSERT INTO part (id) VALUES ($1)
-- 0001.sql
CREATE TABLE hit (site text NOT NULL, n int) PARTITION BY LIST (site);
CREATE TABLE hit_eu PARTITION OF hit FOR VALUES IN ('de', 'fr');
CREATE TABLE part (id bigint NOT NULL) PARTITION BY HASH (id);
CREATE TABLE part_0 PARTITION OF part FOR VALUES WITH (MODULUS 2, REMAINDER 0);
-- 0002.sql
DROP TABLE hit_eu; -- expect: drop-partition-locks-parent@info, drop-table@warning, partition-still-written@error
DROP TABLE part_0; -- expect: drop-partition-locks-parent@info, drop-table@warning, partition-still-written@error

-- case: the last range of numbers, and one before it
-- live: INSERT INTO line (id) VALUES ($1)
-- 0001.sql
CREATE TABLE line (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE line_0 PARTITION OF line FOR VALUES FROM (0) TO (1000);
CREATE TABLE line_1 PARTITION OF line FOR VALUES FROM (1000) TO (2000);
CREATE TABLE line_2 PARTITION OF line FOR VALUES FROM (2000) TO (3000);
-- 0002.sql
ALTER TABLE line DETACH PARTITION line_2 CONCURRENTLY; -- expect: partition-still-written@error
ALTER TABLE line DETACH PARTITION line_0 CONCURRENTLY;

-- case: another one takes its place in the same release
-- live: INSERT INTO event (id, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
SET lock_timeout = '2s';
BEGIN;
ALTER TABLE event DETACH PARTITION event_now; -- expect: detach-partition-blocking@info
CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
COMMIT;

-- case: a partition of a partition, written through the table at the top
-- live: INSERT INTO event (tenant, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (tenant int NOT NULL, at date NOT NULL) PARTITION BY LIST (tenant);
CREATE TABLE event_7 PARTITION OF event FOR VALUES IN (7) PARTITION BY RANGE (at);
CREATE TABLE event_7_now PARTITION OF event_7 FOR VALUES FROM ('2020-01-01') TO ('2999-01-01');
-- 0002.sql
ALTER TABLE event_7 DETACH PARTITION event_7_now CONCURRENTLY; -- expect: partition-still-written@error

-- case: everything before a day of the past, and a key of several columns
-- live: INSERT INTO event (id, at) VALUES ($1, now())
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at, id);
CREATE TABLE event_early PARTITION OF event FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2020-01-01', 0);
CREATE TABLE event_late PARTITION OF event FOR VALUES FROM ('2020-01-01', 0) TO (MAXVALUE, MAXVALUE);
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_early CONCURRENTLY;
ALTER TABLE event DETACH PARTITION event_late CONCURRENTLY; -- expect: partition-still-written@error

-- case: numbers are no years
-- live: INSERT INTO line (id) VALUES ($1)
-- 0001.sql
CREATE TABLE line (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE line_a PARTITION OF line FOR VALUES FROM (2000) TO (3000);
CREATE TABLE line_b PARTITION OF line FOR VALUES FROM (3000) TO (9000);
CREATE TABLE line_c PARTITION OF line FOR VALUES FROM (9000) TO (9500);
-- 0002.sql
ALTER TABLE line DETACH PARTITION line_a CONCURRENTLY;
ALTER TABLE line DETACH PARTITION line_c CONCURRENTLY; -- expect: partition-still-written@error
