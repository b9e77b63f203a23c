-- From the rows outwards: first the table that holds them, then those that pass them on. The view goes on as it is until the tracker
-- sends the column; then Kafka table and view are made again with it, in a migration of their own.
ALTER TABLE web.sharded_events ADD COLUMN IF NOT EXISTS app_version LowCardinality(String);
ALTER TABLE web.writable_events ADD COLUMN IF NOT EXISTS app_version LowCardinality(String);
ALTER TABLE web.events ADD COLUMN IF NOT EXISTS app_version LowCardinality(String);
