-- case: a partition is dropped where it hangs
-- page: bad
-- live: SELECT 1
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
DROP TABLE event_2024; -- expect: drop-partition-locks-parent@info, drop-table@warning

-- case: on Postgres 13 there is no CONCURRENTLY
-- postgres: 13
-- live: SELECT 1
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
DROP TABLE event_2024; -- expect: drop-partition-locks-parent@info, drop-table@warning

-- case: taken out first, without making anybody wait
-- page: good
-- live: SELECT 1
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
DROP TABLE event_2024; -- expect: drop-table@warning
