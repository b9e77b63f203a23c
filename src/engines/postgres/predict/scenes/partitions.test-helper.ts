import { rows, type Scene } from "./scene.test-helper.ts";

export const partitions: Scene = {
  name: "partitions",
  setup: `
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
      ${rows("team", "g")}
      ${rows("event", "g, date '2024-01-01' + g % 300, g, 'e' || g")}
      ${rows("event", "g, date '2028-01-01' + g % 300, g, 'e' || g")}
      ${rows("event_2025", "g, date '2025-01-01' + g % 300, g, 'e' || g")}
      ${rows("event_2026", "g, date '2026-01-01' + g % 300, g, 'e' || g")}
      ${rows("log", "g, 1, g")}
      ${rows("log", "g, 2, g")}
      ${rows("log_3", "g, 3, g")}`,
  statements: `
      CREATE TABLE event_2027 PARTITION OF event FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
      CREATE TABLE log_9 PARTITION OF log FOR VALUES IN (9);
      CREATE TABLE log_rest PARTITION OF log DEFAULT;
      CREATE TABLE whole_1 PARTITION OF whole FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      ALTER TABLE event ATTACH PARTITION event_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3);
      ALTER TABLE log ATTACH PARTITION log_3 DEFAULT;
      ALTER TABLE log_3 ADD CHECK (kind = 3); ALTER TABLE log ATTACH PARTITION log_3 FOR VALUES IN (3);
      ALTER TABLE log ATTACH PARTITION log_1 FOR VALUES IN (7);
      ALTER TABLE plain ATTACH PARTITION log_3 FOR VALUES IN (3);
      ALTER TABLE event DETACH PARTITION event_2024;
      ALTER TABLE log DETACH PARTITION log_1;
      -- 14+
      ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;
      ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
      DROP TABLE event_2024;
      DROP TABLE event_rest;
      DROP TABLE log_1;
      DROP TABLE event;
      DROP TABLE log;
      ALTER TABLE event ADD COLUMN extra integer;
      ALTER TABLE event ADD COLUMN extra uuid DEFAULT gen_random_uuid();
      ALTER TABLE event ADD CHECK (id > 0);
      ALTER TABLE event ADD CHECK (id > 0) NOT VALID;
      ALTER TABLE event ALTER COLUMN name SET NOT NULL;
      ALTER TABLE event ALTER COLUMN team_id TYPE bigint;
      ALTER TABLE event DROP COLUMN name;
      ALTER TABLE event RENAME COLUMN name TO title;
      ALTER TABLE event ADD UNIQUE (at, name);
      ALTER TABLE log ADD PRIMARY KEY (id, kind);
      ALTER TABLE log ADD PRIMARY KEY (kind, team_id);
      ALTER TABLE event ADD FOREIGN KEY (team_id) REFERENCES team;
      ALTER TABLE event ADD UNIQUE (at, id, name);
      CREATE INDEX ON event (team_id);
      CREATE INDEX ON ONLY event (team_id);
      CREATE INDEX CONCURRENTLY ON event (team_id);
      -- alone
      CREATE INDEX CONCURRENTLY ON event (team_id);
      CREATE INDEX ON event_2024 (team_id);
      DROP INDEX event_name;
      TRUNCATE event;
      TRUNCATE event_2024;
      TRUNCATE team;
      UPDATE event SET name = 'x';
      UPDATE event_2024 SET name = 'x';
      DELETE FROM event;
      DELETE FROM event WHERE name = 'nobody';
      INSERT INTO event_2024 VALUES (5000, '2024-05-05', 1, 'x');
      ALTER TABLE log DROP CONSTRAINT log_team_id_fkey;
      DROP TABLE team;
      DROP TABLE team CASCADE;
      CREATE TRIGGER t AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
      ALTER TABLE event RENAME TO happening;
      ALTER TABLE event ALTER COLUMN name SET DEFAULT 'x';
      ALTER TABLE event ALTER COLUMN name SET STATISTICS 10;
      REINDEX TABLE event_2024;
      LOCK TABLE event IN SHARE MODE;
      ANALYZE event;
      SELECT count(*) FROM event;`,
};
