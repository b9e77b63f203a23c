-- Rows with the value are there and will be: it stays, and says that it is not written any more.
ALTER TABLE web.sharded_events COMMENT COLUMN browser '4 (internet explorer) is not written since 2026-11';
