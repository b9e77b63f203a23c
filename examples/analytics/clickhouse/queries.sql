-- What v1.43 of the app asks of ClickHouse.

-- name: trend
SELECT toStartOfHour(timestamp) AS hour, count() AS events
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND timestamp >= {since:DateTime64(3, 'UTC')} AND event = {event:String}
GROUP BY hour
ORDER BY hour;

-- name: browsers
SELECT browser, uniq(distinct_id) AS people
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND timestamp >= {since:DateTime64(3, 'UTC')}
GROUP BY browser;

-- name: failures
SELECT response_code, count() AS hits
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND response_code LIKE '5%'
GROUP BY response_code;

-- name: person
SELECT event, timestamp, properties
FROM web.events
WHERE tenant_id = {tenant:UInt64} AND distinct_id = {person:String}
ORDER BY timestamp DESC
LIMIT 100;
