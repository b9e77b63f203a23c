-- Who asks what, how often, with values as they come. From a server: `tread advise --print-export`.

-- tread: frequency=240/min name=trend
SELECT toStartOfHour(timestamp) AS hour, count() AS events
FROM web.events
WHERE tenant_id = 412 AND timestamp >= '2026-11-14 00:00:00' AND event = 'page viewed'
GROUP BY hour
ORDER BY hour;

-- tread: frequency=60/min name=person-timeline
SELECT event, timestamp, properties
FROM web.events
WHERE tenant_id = 412 AND distinct_id = 'person-71'
ORDER BY timestamp DESC
LIMIT 100;

-- tread: frequency=20/min name=failures
SELECT response_code, count() AS hits
FROM web.events
WHERE tenant_id = 412 AND timestamp >= '2026-11-14 00:00:00' AND response_code LIKE '5%'
GROUP BY response_code;

-- tread: frequency=120/min name=sessions-of-a-day
SELECT count() AS sessions, avg(duration_ms) AS average
FROM web.sessions
WHERE tenant_id = 412 AND toDate(started_at) = '2026-11-20';

-- tread: frequency=30/min name=entry-pages
SELECT entry_url, count() AS sessions
FROM web.sessions
WHERE tenant_id = 412 AND started_at >= '2026-11-14 00:00:00'
GROUP BY entry_url
ORDER BY sessions DESC
LIMIT 20;
