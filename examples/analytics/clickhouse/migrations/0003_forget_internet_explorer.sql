-- Nobody uses it any more.
ALTER TABLE web.sharded_events MODIFY COLUMN browser Enum8('chrome' = 1, 'firefox' = 2, 'safari' = 3);
