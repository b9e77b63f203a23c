-- The text stays as it came; the number stands beside it, 0 where the text is none. Computed when it is read, until parts are merged.
ALTER TABLE web.sharded_events ADD COLUMN IF NOT EXISTS response_status UInt32 DEFAULT toUInt32OrZero(response_code);
ALTER TABLE web.events ADD COLUMN IF NOT EXISTS response_status UInt32;
