CREATE TABLE web.sessions
(
    session_id UUID,
    tenant_id UInt64,
    distinct_id String,
    started_at DateTime64(3, 'UTC'),
    duration_ms UInt32,
    entry_url String
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/web.sessions', '{replica}')
PARTITION BY toYYYYMM(started_at)
ORDER BY (tenant_id, toDate(started_at), session_id);
