-- tread-conformance/1
-- Rows read and written in a partition by its own name: its bounds are looked up above it.
--: setup
CREATE TABLE event (id bigint NOT NULL, day date NOT NULL, kind integer) PARTITION BY RANGE (day);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (kind);
CREATE TABLE event_2024_1 PARTITION OF event_2024 FOR VALUES IN (1);
CREATE TABLE event_2024_rest PARTITION OF event_2024 DEFAULT;
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX event_2025_id ON event_2025 (id);
INSERT INTO event SELECT g, date '2024-01-01' + g % 300, 1 + g % 3 FROM generate_series(1, 600) g;
INSERT INTO event SELECT g, date '2025-01-01' + g % 300, 1 + g % 3 FROM generate_series(1, 600) g;

--: case all rows of a partition updated
UPDATE event_2025 SET kind = 2;
--: case one row of a partition updated
UPDATE event_2025 SET kind = 2 WHERE id = 5;
--: case rows of an empty partition updated
UPDATE event_2026 SET kind = 2;
--: case the key updated in a partition
UPDATE event_2025 SET day = day;
--: case only a partition updated
UPDATE ONLY event_2025 SET kind = 2;
--: case rows of a partition's partition updated
UPDATE event_2024_1 SET id = id;
--: case rows of a partition with partitions updated
UPDATE event_2024 SET id = id;
--: case rows of a partition deleted
DELETE FROM event_2025;
--: case rows of an empty partition deleted
DELETE FROM event_2026;
--: case one row of a partition deleted
DELETE FROM event_2025 WHERE id = 5;
--: case rows of a partition's partition deleted
DELETE FROM event_2024_1;
--: case rows of a partition with partitions deleted
DELETE FROM event_2024;
--: case inserted into a partition
INSERT INTO event_2025 VALUES (1, '2025-02-02', 1);
--: case inserted into a partition's partition
INSERT INTO event_2024_1 VALUES (1, '2024-02-02', 1);
--: case copied into a partition by a query
INSERT INTO event_2025 SELECT id, day + 1, kind FROM event_2025 WHERE id < 5;
--: case rows of a partition counted
SELECT count(*) FROM event_2025;
--: case rows of a partition locked
SELECT * FROM event_2025 WHERE id = 4 FOR UPDATE;
--: case a partition updated in a block
DO $$ BEGIN UPDATE event_2025 SET kind = 2; END $$;
--: case merged into a partition @15+
--: accept how a join is planned depends on statistics: reading all of it is what may happen
MERGE INTO event_2025 e USING (VALUES (1)) v (id) ON e.id = v.id WHEN MATCHED THEN UPDATE SET kind = 3;
--: case the whole table updated
UPDATE event SET kind = kind;
--: case rows of a partition with partitions counted
SELECT count(*) FROM event_2024;
--: case some rows of a partition with partitions
--: accept which partitions a condition leaves is decided by the planner: all that may be read are named
SELECT * FROM event_2024 WHERE kind = 1;
