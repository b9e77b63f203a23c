-- case: the whole table waits
-- page: bad
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2024; -- expect: detach-partition-blocking@info

-- case: on 13 there is no other way
-- postgres: 13
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2024; -- expect: detach-partition-blocking@info

-- case: concurrently
-- page: good
-- 0001.sql
CREATE TABLE event (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- 0002.sql
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
