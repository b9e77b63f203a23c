-- Dashboards want to compare it with 400.
ALTER TABLE web.sharded_events MODIFY COLUMN response_code UInt32;
