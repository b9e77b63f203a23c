-- tread: frequency=240/min name=trend
SELECT toStartOfHour(timestamp) AS hour, count() AS events
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND timestamp >= {since:DateTime64(3, 'UTC')} AND event = {event:String}
GROUP BY hour
ORDER BY hour;

-- tread: frequency=60/min name=person-timeline
SELECT event, timestamp, properties
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND distinct_id = {person:String}
ORDER BY timestamp DESC
LIMIT 100;

-- tread: frequency=20/min name=failures
SELECT response_code, count() AS hits
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND timestamp >= {since:DateTime64(3, 'UTC')} AND response_code LIKE '5%'
GROUP BY response_code;

-- tread: frequency=120/min name=sessions-of-a-day
SELECT count() AS sessions, avg(duration_ms) AS average
FROM web.sessions
WHERE tenant_id = {tenant:UInt64} AND toDate(started_at) = {day:Date};

-- tread: frequency=30/min name=entry-pages
SELECT entry_url, count() AS sessions
FROM web.sessions
WHERE tenant_id = {tenant:UInt64} AND started_at >= {since:DateTime64(3, 'UTC')}
GROUP BY entry_url
ORDER BY sessions DESC
LIMIT 20;
