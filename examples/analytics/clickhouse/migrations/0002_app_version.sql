-- Which version of the tracker sent the event.
ALTER TABLE web.events ADD COLUMN app_version LowCardinality(String);
ALTER TABLE web.writable_events ADD COLUMN app_version LowCardinality(String);
ALTER TABLE web.sharded_events ADD COLUMN app_version LowCardinality(String);
