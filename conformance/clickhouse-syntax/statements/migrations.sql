-- As they stand in migrations of real projects.
CREATE DATABASE IF NOT EXISTS analytics ON CLUSTER '{cluster}' ENGINE = Atomic
CREATE TABLE IF NOT EXISTS analytics.sharded_events ON CLUSTER 'main' (uuid UUID, event VARCHAR, properties VARCHAR CODEC(ZSTD(3)), timestamp DateTime64(6, 'UTC'), team_id Int64, distinct_id VARCHAR, created_at DateTime64(6, 'UTC'), person_id UUID, _timestamp DateTime, _offset UInt64, `$group_0` VARCHAR MATERIALIZED replaceRegexpAll(JSONExtractRaw(properties, '$group_0'), '^"|"$', '') COMMENT 'column_materializer::$group_0', INDEX kafka_timestamp_minmax _timestamp TYPE minmax GRANULARITY 3, PROJECTION fast_max (SELECT team_id, max(timestamp) GROUP BY team_id)) ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/analytics.events', '{replica}', _timestamp) PARTITION BY toYYYYMM(timestamp) ORDER BY (team_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid)) SAMPLE BY cityHash64(distinct_id) SETTINGS storage_policy = 'hot_to_cold', index_granularity = 8192
CREATE TABLE IF NOT EXISTS analytics.kafka_events (uuid UUID, event String, properties String) ENGINE = Kafka('kafka:9092', 'events', 'group1', 'JSONEachRow') SETTINGS kafka_skip_broken_messages = 100, kafka_thread_per_consumer = 1
CREATE MATERIALIZED VIEW IF NOT EXISTS analytics.events_mv ON CLUSTER main TO analytics.writable_events AS SELECT uuid, event, properties, _timestamp, _offset FROM analytics.kafka_events
CREATE TABLE analytics.events AS analytics.sharded_events ENGINE = Distributed('main', 'analytics', 'sharded_events', sipHash64(distinct_id))
ALTER TABLE analytics.sharded_events ON CLUSTER 'main' ADD COLUMN IF NOT EXISTS person_properties VARCHAR DEFAULT '{}' CODEC(ZSTD(3)) AFTER person_id
ALTER TABLE sharded_events DROP COLUMN IF EXISTS properties_issampledevent SETTINGS mutations_sync = 2, alter_sync = 2
ALTER TABLE events MODIFY COLUMN kind Enum8('pageview' = 1, 'click' = 2, 'purchase' = 3)
ALTER TABLE events MODIFY COLUMN amount Decimal(18, 4) DEFAULT toDecimal64(0, 4)
ALTER TABLE events UPDATE country = upper(country) WHERE country != upper(country) SETTINGS mutations_sync = 1
ALTER TABLE events DELETE WHERE team_id = 2 AND timestamp < now() - INTERVAL 90 DAY
ALTER TABLE events MODIFY TTL toDateTime(timestamp) + INTERVAL 30 DAY TO VOLUME 'cold', toDateTime(timestamp) + INTERVAL 1 YEAR DELETE
ALTER TABLE events ADD INDEX idx_properties_keys mapKeys(properties) TYPE bloom_filter(0.01) GRANULARITY 1, MATERIALIZE INDEX idx_properties_keys
ALTER TABLE events ADD PROJECTION p_by_user (SELECT * ORDER BY user_id, timestamp)
ALTER TABLE events REPLACE PARTITION 202401 FROM events_new
ALTER TABLE db.daily_stats MODIFY QUERY SELECT tenant_id, toDate(at) AS day, countState() AS hits FROM db.hits GROUP BY tenant_id, day
CREATE TABLE daily (day Date, tenant_id UInt32, hits AggregateFunction(count), users AggregateFunction(uniq, UInt64), amount SimpleAggregateFunction(sum, Decimal(38, 4))) ENGINE = AggregatingMergeTree ORDER BY (tenant_id, day)
CREATE TABLE sessions (id UUID DEFAULT generateUUIDv4(), started DateTime64(3), ended Nullable(DateTime64(3)), sign Int8, version UInt64) ENGINE = VersionedCollapsingMergeTree(sign, version) ORDER BY (toDate(started), id)
CREATE TABLE logs (ts DateTime CODEC(DoubleDelta, LZ4), level LowCardinality(String), message String, attributes Map(LowCardinality(String), String), INDEX msg message TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 4) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY (level, ts) TTL ts + toIntervalDay(14) SETTINGS ttl_only_drop_parts = 1
CREATE DICTIONARY IF NOT EXISTS geo ON CLUSTER main (network String, country_code String DEFAULT '', accuracy UInt16) PRIMARY KEY network SOURCE(CLICKHOUSE(HOST 'localhost' PORT 9000 USER 'default' PASSWORD '' DB 'geo' TABLE 'networks')) LAYOUT(IP_TRIE(ACCESS_TO_KEY_FROM_ATTRIBUTES 1)) LIFETIME(MIN 3600 MAX 7200)
INSERT INTO events_new SELECT * EXCEPT (legacy), JSONExtractString(properties, 'plan') AS plan FROM events WHERE timestamp >= '2024-01-01' SETTINGS max_insert_threads = 4
INSERT INTO schema_migrations (version, dirty, sequence) VALUES (20240101120000, 0, 1)
RENAME TABLE events TO events_old, events_new TO events ON CLUSTER '{cluster}'
EXCHANGE TABLES analytics.events AND analytics.events_new ON CLUSTER main
DROP TABLE IF EXISTS events_old ON CLUSTER main SYNC
DETACH TABLE analytics.kafka_events
SYSTEM STOP MERGES analytics.sharded_events
OPTIMIZE TABLE events PARTITION ID '202401' FINAL DEDUPLICATE BY tenant_id, event_id
CREATE USER IF NOT EXISTS reader IDENTIFIED WITH sha256_password BY 'secret' HOST LOCAL SETTINGS readonly = 1
GRANT ON CLUSTER main SELECT, INSERT ON analytics.* TO reader
CREATE ROW POLICY OR REPLACE tenant_filter ON analytics.events FOR SELECT USING tenant_id = 1 TO reader
CREATE QUOTA IF NOT EXISTS hourly FOR INTERVAL 1 HOUR MAX queries = 1000 TO reader
CREATE TABLE visits (at DateTime, url String, props JSON(max_dynamic_paths = 64, user.id UInt64, SKIP debug)) ENGINE = MergeTree ORDER BY at
SELECT tenant_id, toStartOfInterval(at, INTERVAL 15 MINUTE) AS bucket, uniqExactIf(user_id, kind = 'click') AS clicks, quantiles(0.5, 0.95, 0.99)(duration) AS q FROM events FINAL PREWHERE tenant_id = {tenant:UInt32} WHERE at BETWEEN {from:DateTime} AND {to:DateTime} GROUP BY tenant_id, bucket WITH TOTALS HAVING clicks > 10 ORDER BY bucket WITH FILL STEP toIntervalMinute(15) LIMIT 100 BY tenant_id LIMIT 1000
SELECT e.user_id, u.name, count() FROM events AS e ANY LEFT JOIN users AS u ON e.user_id = u.id ARRAY JOIN e.tags AS tag WHERE has(['a', 'b'], tag) AND e.user_id IN (SELECT id FROM active_users) GROUP BY ALL ORDER BY 3 DESC LIMIT 10
WITH recent AS (SELECT * FROM events WHERE at > now() - INTERVAL 1 DAY), (SELECT max(at) FROM events) AS latest SELECT count(), latest FROM recent AS r ASOF LEFT JOIN prices AS p ON r.symbol = p.symbol AND r.at >= p.at
SELECT user_id, row_number() OVER (PARTITION BY user_id ORDER BY at DESC) AS n FROM events QUALIFY n = 1
DELETE FROM events WHERE user_id IN (SELECT user_id FROM erased_users)
CREATE MATERIALIZED VIEW hourly REFRESH EVERY 1 HOUR OFFSET 5 MINUTE APPEND TO hourly_snapshots AS SELECT now() AS at, tenant_id, count() AS hits FROM events GROUP BY tenant_id
ALTER TABLE events ADD COLUMN name String AFTER
ALTER TABLE events MODIFY COLUMN name
CREATE TABLE events (id UInt64 name String) ENGINE = MergeTree ORDER BY id
CREATE TABLE events (id UInt64) ENGINE = MergeTree ORDER BY id, name
CREATE MATERIALIZED VIEW mv TO t ENGINE = Memory AS SELECT 1
ALTER TABLE events UPDATE name = 'x'
INSERT INTO events (id, name) VALUE (1, 'x')
CREATE TABLE events (id UInt64) ENGINE = MergeTree PARTITION BY toYYYYMM(at ORDER BY id
