-- What stands already: Kafka → view → writable_events → sharded_events ← events. Each statement runs on every host that has the role.
CREATE DATABASE IF NOT EXISTS web;

CREATE TABLE web.sharded_events
(
    uuid UUID,
    tenant_id UInt64,
    event LowCardinality(String),
    distinct_id String,
    timestamp DateTime64(3, 'UTC'),
    properties String CODEC(ZSTD(3)),
    browser Enum8('chrome' = 1, 'firefox' = 2, 'safari' = 3, 'internet explorer' = 4),
    response_code String,
    _timestamp DateTime
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/web.sharded_events', '{replica}', _timestamp)
PARTITION BY toYYYYMM(timestamp)
ORDER BY (tenant_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid));

CREATE TABLE web.writable_events
(
    uuid UUID,
    tenant_id UInt64,
    event LowCardinality(String),
    distinct_id String,
    timestamp DateTime64(3, 'UTC'),
    properties String,
    browser Enum8('chrome' = 1, 'firefox' = 2, 'safari' = 3, 'internet explorer' = 4),
    response_code String,
    _timestamp DateTime
)
ENGINE = Distributed(main, web, sharded_events, sipHash64(distinct_id));

CREATE TABLE web.events
(
    uuid UUID,
    tenant_id UInt64,
    event LowCardinality(String),
    distinct_id String,
    timestamp DateTime64(3, 'UTC'),
    properties String,
    browser Enum8('chrome' = 1, 'firefox' = 2, 'safari' = 3, 'internet explorer' = 4),
    response_code String,
    _timestamp DateTime
)
ENGINE = Distributed(main, web, sharded_events, sipHash64(distinct_id));

CREATE TABLE web.kafka_events
(
    uuid UUID,
    tenant_id UInt64,
    event String,
    distinct_id String,
    timestamp DateTime64(3, 'UTC'),
    properties String,
    browser Enum8('chrome' = 1, 'firefox' = 2, 'safari' = 3, 'internet explorer' = 4),
    response_code String
)
ENGINE = Kafka('kafka:9092', 'events', 'web-events', 'JSONEachRow');

CREATE MATERIALIZED VIEW web.events_mv TO web.writable_events AS
SELECT
    uuid,
    tenant_id,
    event,
    distinct_id,
    timestamp,
    properties,
    browser,
    response_code,
    now() AS _timestamp
FROM web.kafka_events;
