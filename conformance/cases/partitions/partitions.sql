-- tread-conformance/1
-- Partitions.
--: setup
CREATE TABLE team (id integer PRIMARY KEY);
CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, team_id integer, name text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX event_name ON event (name);
CREATE TABLE event_2025 (id bigint NOT NULL, at date NOT NULL, team_id integer, name text);
CREATE TABLE event_2026 (id bigint NOT NULL, at date NOT NULL, team_id integer, name text, CHECK (at >= '2026-01-01' AND at < '2027-01-01'));
ALTER TABLE event_2026 ADD PRIMARY KEY (id, at);
CREATE INDEX event_2026_name ON event_2026 (name);
CREATE TABLE log (id integer NOT NULL, kind integer NOT NULL, team_id integer REFERENCES team) PARTITION BY LIST (kind);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2);
CREATE TABLE log_3 (id integer NOT NULL, kind integer NOT NULL, team_id integer);
CREATE TABLE whole (id integer NOT NULL) PARTITION BY HASH (id);
CREATE TABLE whole_0 PARTITION OF whole FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE plain (id integer);
INSERT INTO team SELECT g FROM generate_series(1, 1000) g;
INSERT INTO event SELECT g, date '2024-01-01' + g % 300, g, 'e' || g FROM generate_series(1, 1000) g;
INSERT INTO event SELECT g, date '2028-01-01' + g % 300, g, 'e' || g FROM generate_series(1, 1000) g;
INSERT INTO event_2025 SELECT g, date '2025-01-01' + g % 300, g, 'e' || g FROM generate_series(1, 1000) g;
INSERT INTO event_2026 SELECT g, date '2026-01-01' + g % 300, g, 'e' || g FROM generate_series(1, 1000) g;
INSERT INTO log SELECT g, 1, g FROM generate_series(1, 1000) g;
INSERT INTO log SELECT g, 2, g FROM generate_series(1, 1000) g;
INSERT INTO log_3 SELECT g, 3, g FROM generate_series(1, 1000) g;

--: case CREATE TABLE event_2027 PARTITION OF event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')
CREATE TABLE event_2027 PARTITION OF event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

--: case CREATE TABLE log_9 PARTITION OF log FOR VALUES IN (9)
CREATE TABLE log_9 PARTITION OF log FOR VALUES IN (9);

--: case CREATE TABLE log_rest PARTITION OF log DEFAULT
CREATE TABLE log_rest PARTITION OF log DEFAULT;

--: case CREATE TABLE whole_1 PARTITION OF whole FOR VALUES WITH (MODULUS 2, REMAINDER 1)
CREATE TABLE whole_1 PARTITION OF whole FOR VALUES WITH (MODULUS 2, REMAINDER 1);

--: case ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

--: case ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

--: case ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3)
ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3);

--: case ALTER TABLE log ATTACH PARTITION log_3 DEFAULT
ALTER TABLE log ATTACH PARTITION log_3 DEFAULT;

--: case ALTER TABLE log_3 ADD CHECK (kind = 3); ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3)
ALTER TABLE log_3 ADD CHECK (kind = 3); ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3);

--: case ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES IN (7)
ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES IN (7);

--: case ALTER TABLE plain ATTACH PARTITION log_3 FOR VALUES IN (3)
ALTER TABLE plain ATTACH PARTITION log_3 FOR VALUES IN (3);

--: case ALTER TABLE event DETACH PARTITION event_2024
ALTER TABLE event DETACH PARTITION event_2024;

--: case ALTER TABLE log DETACH PARTITION log_1
ALTER TABLE log DETACH PARTITION log_1;

--: case ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY @14+
ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;

--: case ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;

--: case DROP TABLE event_2024
DROP TABLE event_2024;

--: case DROP TABLE event_rest
DROP TABLE event_rest;

--: case DROP TABLE log_1
DROP TABLE log_1;

--: case DROP TABLE event
DROP TABLE event;

--: case DROP TABLE log
DROP TABLE log;

--: case ALTER TABLE event ADD COLUMN extra integer
ALTER TABLE event ADD COLUMN extra integer;

--: case ALTER TABLE event ADD COLUMN extra uuid DEFAULT gen_random_uuid()
ALTER TABLE event ADD COLUMN extra uuid DEFAULT gen_random_uuid();

--: case ALTER TABLE event ADD CHECK (id > 0)
ALTER TABLE event ADD CHECK (id > 0);

--: case ALTER TABLE event ADD CHECK (id > 0) NOT VALID
ALTER TABLE event ADD CHECK (id > 0) NOT VALID;

--: case ALTER TABLE event ALTER COLUMN name SET NOT NULL
ALTER TABLE event ALTER COLUMN name SET NOT NULL;

--: case ALTER TABLE event ALTER COLUMN team_id TYPE bigint
ALTER TABLE event ALTER COLUMN team_id TYPE bigint;

--: case ALTER TABLE event DROP COLUMN name
ALTER TABLE event DROP COLUMN name;

--: case ALTER TABLE event RENAME COLUMN name TO title
ALTER TABLE event RENAME COLUMN name TO title;

--: case ALTER TABLE event ADD UNIQUE (at, name)
ALTER TABLE event ADD UNIQUE (at, name);

--: case ALTER TABLE log ADD PRIMARY KEY (id, kind)
ALTER TABLE log ADD PRIMARY KEY (id, kind);

--: case ALTER TABLE log ADD PRIMARY KEY (kind, team_id)
ALTER TABLE log ADD PRIMARY KEY (kind, team_id);

--: case ALTER TABLE event ADD FOREIGN KEY (team_id) REFERENCES team
ALTER TABLE event ADD FOREIGN KEY (team_id) REFERENCES team;

--: case ALTER TABLE event ADD UNIQUE (at, id, name)
ALTER TABLE event ADD UNIQUE (at, id, name);

--: case CREATE INDEX ON event (team_id)
CREATE INDEX ON event (team_id);

--: case CREATE INDEX ON ONLY event (team_id)
CREATE INDEX ON ONLY event (team_id);

--: case CREATE INDEX CONCURRENTLY ON event (team_id)
CREATE INDEX CONCURRENTLY ON event (team_id);

--: case CREATE INDEX CONCURRENTLY ON event (team_id) (2) @alone
CREATE INDEX CONCURRENTLY ON event (team_id);

--: case CREATE INDEX ON event_2024 (team_id)
CREATE INDEX ON event_2024 (team_id);

--: case DROP INDEX event_name
DROP INDEX event_name;

--: case TRUNCATE event
TRUNCATE event;

--: case TRUNCATE event_2024
TRUNCATE event_2024;

--: case TRUNCATE team
TRUNCATE team;

--: case UPDATE event SET name = 'x'
UPDATE event SET name = 'x';

--: case UPDATE event_2024 SET name = 'x'
UPDATE event_2024 SET name = 'x';

--: case DELETE FROM event
DELETE FROM event;

--: case DELETE FROM event WHERE name = 'nobody'
DELETE FROM event WHERE name = 'nobody';

--: case INSERT INTO event_2024 VALUES (5000, '2024-05-05', 1, 'x')
INSERT INTO event_2024 VALUES (5000, '2024-05-05', 1, 'x');

--: case ALTER TABLE log DROP CONSTRAINT log_team_id_fkey
ALTER TABLE log DROP CONSTRAINT log_team_id_fkey;

--: case DROP TABLE team
DROP TABLE team;

--: case DROP TABLE team CASCADE
DROP TABLE team CASCADE;

--: case CREATE TRIGGER t AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
CREATE TRIGGER t AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();

--: case ALTER TABLE event RENAME TO happening
ALTER TABLE event RENAME TO happening;

--: case ALTER TABLE event ALTER COLUMN name SET DEFAULT 'x'
ALTER TABLE event ALTER COLUMN name SET DEFAULT 'x';

--: case ALTER TABLE event ALTER COLUMN name SET STATISTICS 10
ALTER TABLE event ALTER COLUMN name SET STATISTICS 10;

--: case REINDEX TABLE event_2024
REINDEX TABLE event_2024;

--: case LOCK TABLE event IN SHARE MODE
LOCK TABLE event IN SHARE MODE;

--: case ANALYZE event
ANALYZE event;

--: case SELECT count(*) FROM event
SELECT count(*) FROM event;
