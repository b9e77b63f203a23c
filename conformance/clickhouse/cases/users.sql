-- schema: replacing
CREATE TABLE users (id UInt64, tenant UInt32, name String, email Nullable(String), version UInt64, deleted UInt8, score Float32, seen DateTime('UTC'), plan LowCardinality(String)) ENGINE = ReplacingMergeTree(version, deleted) ORDER BY (tenant, id) SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO users VALUES (1, 1, 'ann', 'a@x', 5000000000, 0, 1.5, '2026-01-01 00:00:00', 'free');
INSERT INTO users VALUES (2, 1, 'bob', NULL, 1, 0, 16777217, '2026-01-02 00:00:00', 'pro');
OPTIMIZE TABLE users FINAL;
-- case: MODIFY COLUMN version UInt32
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN version UInt32
-- case: MODIFY COLUMN version Int64
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN version Int64
-- case: MODIFY COLUMN version UInt128
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN version UInt128
-- case: MODIFY COLUMN version DateTime
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN version DateTime
-- case: MODIFY COLUMN version String
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN version String
-- case: MODIFY COLUMN deleted UInt16
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN deleted UInt16
-- case: MODIFY COLUMN deleted Bool
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN deleted Bool
-- case: MODIFY COLUMN deleted Int8
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN deleted Int8
-- case: DROP COLUMN version
-- on: replacing
-- statement
ALTER TABLE users DROP COLUMN version
-- case: DROP COLUMN deleted
-- on: replacing
-- statement
ALTER TABLE users DROP COLUMN deleted
-- case: RENAME COLUMN version TO ver
-- on: replacing
-- statement
ALTER TABLE users RENAME COLUMN version TO ver
-- case: RENAME COLUMN deleted TO is_deleted
-- on: replacing
-- statement
ALTER TABLE users RENAME COLUMN deleted TO is_deleted
-- case: CLEAR COLUMN version
-- on: replacing
-- statement
ALTER TABLE users CLEAR COLUMN version
-- case: CLEAR COLUMN deleted
-- on: replacing
-- statement
ALTER TABLE users CLEAR COLUMN deleted
-- case: UPDATE version = version + 1 WHERE 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE version = version + 1 WHERE 1
-- case: UPDATE deleted = 1 WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE deleted = 1 WHERE id = 2
-- case: UPDATE tenant = 2 WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE tenant = 2 WHERE id = 2
-- case: UPDATE id = 3 WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE id = 3 WHERE id = 2
-- case: UPDATE name = 5 WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 5 WHERE id = 2
-- case: UPDATE name = NULL WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = NULL WHERE id = 2
-- case: UPDATE email = NULL WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE email = NULL WHERE id = 2
-- case: UPDATE nope = 1 WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE nope = 1 WHERE id = 2
-- case: UPDATE name = upper(name), score = score * 2 WHERE tenant = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = upper(name), score = score * 2 WHERE tenant = 1
-- case: UPDATE name = nofn(name) WHERE tenant = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = nofn(name) WHERE tenant = 1
-- case: UPDATE name = 'x' WHERE nofn(tenant)
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE nofn(tenant)
-- case: UPDATE name = 'x' WHERE nope = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE nope = 1
-- case: UPDATE name = 'x' WHERE name
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE name
-- case: UPDATE name = 'x' WHERE id IN (SELECT id FROM nowhere)
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE id IN (SELECT id FROM nowhere)
-- case: UPDATE name = 'x' WHERE id IN (SELECT nope FROM users)
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE id IN (SELECT nope FROM users)
-- case: UPDATE score = 'abc' WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE score = 'abc' WHERE id = 1
-- case: UPDATE seen = now() WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE seen = now() WHERE id = 1
-- case: UPDATE score = sum(score) WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users UPDATE score = sum(score) WHERE id = 1
-- case: DELETE WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users DELETE WHERE id = 1
-- case: DELETE WHERE nope = 1
-- on: replacing
-- statement
ALTER TABLE users DELETE WHERE nope = 1
-- case: DELETE WHERE id = 'abc'
-- on: replacing
-- statement
ALTER TABLE users DELETE WHERE id = 'abc'
-- case: DELETE WHERE seen < '2026-01-02'
-- on: replacing
-- statement
ALTER TABLE users DELETE WHERE seen < '2026-01-02'
-- case: DELETE WHERE seen < 'garbage'
-- on: replacing
-- statement
ALTER TABLE users DELETE WHERE seen < 'garbage'
-- case: DELETE IN PARTITION tuple() WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users DELETE IN PARTITION tuple() WHERE id = 1
-- case: DELETE IN PARTITION 202601 WHERE id = 1
-- on: replacing
-- statement
ALTER TABLE users DELETE IN PARTITION 202601 WHERE id = 1
-- case: DELETE FROM users WHERE id = 1
-- on: replacing
-- statement
DELETE FROM users WHERE id = 1
-- case: DELETE FROM users WHERE nope = 1
-- on: replacing
-- statement
DELETE FROM users WHERE nope = 1
-- case: DELETE FROM nowhere WHERE id = 1
-- on: replacing
-- statement
DELETE FROM nowhere WHERE id = 1
-- case: DELETE FROM users WHERE nofn(id)
-- on: replacing
-- statement
DELETE FROM users WHERE nofn(id)
-- case: UPDATE users SET name = 'x' WHERE id = 1
-- on: replacing
-- statement
UPDATE users SET name = 'x' WHERE id = 1
-- case: MODIFY ORDER BY (tenant, id, plan)
-- on: replacing
-- statement
ALTER TABLE users MODIFY ORDER BY (tenant, id, plan)
-- case: ADD COLUMN region String DEFAULT 'eu', MODIFY ORDER BY (tenant, id, region)
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN region String DEFAULT 'eu', MODIFY ORDER BY (tenant, id, region)
-- case: ADD COLUMN region String, MODIFY ORDER BY (tenant, region, id)
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN region String, MODIFY ORDER BY (tenant, region, id)
-- case: ADD COLUMN region String, MODIFY ORDER BY (region, tenant, id)
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN region String, MODIFY ORDER BY (region, tenant, id)
-- case: MODIFY ORDER BY (tenant)
-- on: replacing
-- statement
ALTER TABLE users MODIFY ORDER BY (tenant)
-- case: MODIFY ORDER BY tuple()
-- on: replacing
-- statement
ALTER TABLE users MODIFY ORDER BY tuple()
-- case: MODIFY SAMPLE BY id
-- on: replacing
-- statement
ALTER TABLE users MODIFY SAMPLE BY id
-- case: MODIFY SAMPLE BY name
-- on: replacing
-- statement
ALTER TABLE users MODIFY SAMPLE BY name
-- case: REMOVE SAMPLE BY
-- on: replacing
-- statement
ALTER TABLE users REMOVE SAMPLE BY
-- case: MODIFY COLUMN tenant UInt64
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN tenant UInt64
-- case: MODIFY COLUMN tenant UInt16
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN tenant UInt16
-- case: MODIFY COLUMN tenant String
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN tenant String
-- case: MODIFY COLUMN tenant Nullable(UInt32)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN tenant Nullable(UInt32)
-- case: MODIFY COLUMN id Nullable(UInt64)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN id Nullable(UInt64)
-- case: MODIFY COLUMN seen DateTime('Europe/Paris')
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen DateTime('Europe/Paris')
-- case: MODIFY COLUMN seen DateTime
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen DateTime
-- case: MODIFY COLUMN seen DateTime64(3)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen DateTime64(3)
-- case: MODIFY COLUMN seen Date
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen Date
-- case: MODIFY COLUMN seen UInt32
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen UInt32
-- case: MODIFY COLUMN seen String
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN seen String
-- case: MODIFY COLUMN score Float64
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN score Float64
-- case: MODIFY COLUMN score UInt32
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN score UInt32
-- case: MODIFY COLUMN score Decimal(10, 2)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN score Decimal(10, 2)
-- case: MODIFY COLUMN score String
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN score String
-- case: MODIFY COLUMN score BFloat16
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN score BFloat16
-- case: MODIFY COLUMN plan String
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN plan String
-- case: MODIFY COLUMN plan Enum8('free' = 1, 'pro' = 2)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN plan Enum8('free' = 1, 'pro' = 2)
-- case: MODIFY COLUMN plan Enum8('free' = 1)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN plan Enum8('free' = 1)
-- case: MODIFY COLUMN plan FixedString(3)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN plan FixedString(3)
-- case: MODIFY COLUMN plan FixedString(8)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN plan FixedString(8)
-- case: MODIFY COLUMN email String DEFAULT ''
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN email String DEFAULT ''
-- case: MODIFY COLUMN email Nullable(UInt64)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN email Nullable(UInt64)
-- case: MODIFY COLUMN name Nullable(String)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Nullable(String)
-- case: MODIFY COLUMN name Array(String)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Array(String)
-- case: MODIFY COLUMN name UUID
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name UUID
-- case: MODIFY COLUMN name Date
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Date
-- case: MODIFY COLUMN name DateTime64(3)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name DateTime64(3)
-- case: MODIFY COLUMN name JSON
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name JSON
-- case: MODIFY COLUMN name Dynamic
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Dynamic
-- case: MODIFY COLUMN name Variant(String, UInt64)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Variant(String, UInt64)
-- case: MODIFY COLUMN name Bool
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Bool
-- case: MODIFY COLUMN name IPv4
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name IPv4
-- case: MODIFY COLUMN name Decimal(10,2)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Decimal(10,2)
-- case: MODIFY COLUMN name Enum8('ann' = 1, 'bob' = 2)
-- on: replacing
-- statement
ALTER TABLE users MODIFY COLUMN name Enum8('ann' = 1, 'bob' = 2)
-- case: MODIFY TTL seen + INTERVAL 1 MONTH
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH
-- case: MODIFY TTL seen + INTERVAL 100 YEAR
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 100 YEAR
-- case: MODIFY TTL seen
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen
-- case: MODIFY TTL id
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL id
-- case: MODIFY TTL nope + INTERVAL 1 DAY
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL nope + INTERVAL 1 DAY
-- case: MODIFY TTL seen + INTERVAL 1 MONTH DELETE WHERE plan = 'free'
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH DELETE WHERE plan = 'free'
-- case: MODIFY TTL seen + INTERVAL 1 MONTH DELETE WHERE nope = 'free'
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH DELETE WHERE nope = 'free'
-- case: MODIFY TTL seen + INTERVAL 1 MONTH GROUP BY tenant SET score = max(score)
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH GROUP BY tenant SET score = max(score)
-- case: MODIFY TTL seen + INTERVAL 1 MONTH GROUP BY id SET score = max(score)
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH GROUP BY id SET score = max(score)
-- case: MODIFY TTL seen + INTERVAL 1 MONTH RECOMPRESS CODEC(ZSTD(6))
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH RECOMPRESS CODEC(ZSTD(6))
-- case: MODIFY TTL seen + INTERVAL 1 MONTH TO DISK 'cold'
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH TO DISK 'cold'
-- case: MODIFY TTL seen + INTERVAL 1 MONTH TO VOLUME 'cold'
-- on: replacing
-- statement
ALTER TABLE users MODIFY TTL seen + INTERVAL 1 MONTH TO VOLUME 'cold'
-- case: REMOVE TTL
-- on: replacing
-- statement
ALTER TABLE users REMOVE TTL
-- case: MATERIALIZE TTL
-- on: replacing
-- statement
ALTER TABLE users MATERIALIZE TTL
-- case: MODIFY SETTING index_granularity = 4096
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING index_granularity = 4096
-- case: MODIFY SETTING nope = 1
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING nope = 1
-- case: MODIFY SETTING max_parts_in_total = 5000
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING max_parts_in_total = 5000
-- case: MODIFY SETTING max_threads = 4
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING max_threads = 4
-- case: MODIFY SETTING storage_policy = 'hot'
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING storage_policy = 'hot'
-- case: MODIFY SETTING parts_to_throw_insert = 'many'
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING parts_to_throw_insert = 'many'
-- case: MODIFY SETTING min_bytes_for_wide_part = 100, ttl_only_drop_parts = 1
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING min_bytes_for_wide_part = 100, ttl_only_drop_parts = 1
-- case: MODIFY SETTING allow_nullable_key = 1
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING allow_nullable_key = 1
-- case: MODIFY SETTING enable_mixed_granularity_parts = 0
-- on: replacing
-- statement
ALTER TABLE users MODIFY SETTING enable_mixed_granularity_parts = 0
-- case: RESET SETTING min_bytes_for_wide_part
-- on: replacing
-- statement
ALTER TABLE users RESET SETTING min_bytes_for_wide_part
-- case: RESET SETTING nope
-- on: replacing
-- statement
ALTER TABLE users RESET SETTING nope
-- case: ADD INDEX i name TYPE bloom_filter GRANULARITY 1
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE bloom_filter GRANULARITY 1
-- case: ADD INDEX i nope TYPE minmax
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i nope TYPE minmax
-- case: ADD INDEX i nofn(name) TYPE minmax
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i nofn(name) TYPE minmax
-- case: ADD INDEX i name TYPE nope
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE nope
-- case: ADD INDEX i name TYPE set
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE set
-- case: ADD INDEX i score TYPE bloom_filter(2)
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i score TYPE bloom_filter(2)
-- case: ADD INDEX i score TYPE bloom_filter(0.01)
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i score TYPE bloom_filter(0.01)
-- case: ADD INDEX i score TYPE ngrambf_v1(3, 256, 2, 0)
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i score TYPE ngrambf_v1(3, 256, 2, 0)
-- case: ADD INDEX i name TYPE ngrambf_v1(3, 256)
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE ngrambf_v1(3, 256)
-- case: ADD INDEX i name TYPE text(tokenizer = splitByNonAlpha)
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE text(tokenizer = splitByNonAlpha)
-- case: ADD INDEX i (name, plan) TYPE minmax
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i (name, plan) TYPE minmax
-- case: ADD INDEX i now() TYPE minmax
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i now() TYPE minmax
-- case: ADD INDEX i email TYPE minmax
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i email TYPE minmax
-- case: ADD INDEX i (id, name) TYPE hypothesis
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i (id, name) TYPE hypothesis
-- case: ADD INDEX i name TYPE minmax GRANULARITY 0
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE minmax GRANULARITY 0
-- case: ADD INDEX i name TYPE minmax, MATERIALIZE INDEX i
-- on: replacing
-- statement
ALTER TABLE users ADD INDEX i name TYPE minmax, MATERIALIZE INDEX i
-- case: MATERIALIZE INDEX nope
-- on: replacing
-- statement
ALTER TABLE users MATERIALIZE INDEX nope
-- case: DROP INDEX nope
-- on: replacing
-- statement
ALTER TABLE users DROP INDEX nope
-- case: DROP INDEX IF EXISTS nope
-- on: replacing
-- statement
ALTER TABLE users DROP INDEX IF EXISTS nope
-- case: ADD PROJECTION p (SELECT tenant, count() GROUP BY tenant)
-- on: replacing
-- statement
ALTER TABLE users ADD PROJECTION p (SELECT tenant, count() GROUP BY tenant)
-- case: ADD PROJECTION p (SELECT * ORDER BY name)
-- on: replacing
-- statement
ALTER TABLE users ADD PROJECTION p (SELECT * ORDER BY name)
-- case: ADD CONSTRAINT c CHECK score > 0
-- on: replacing
-- statement
ALTER TABLE users ADD CONSTRAINT c CHECK score > 0
-- case: ADD CONSTRAINT c CHECK nope > 0
-- on: replacing
-- statement
ALTER TABLE users ADD CONSTRAINT c CHECK nope > 0
-- case: ADD CONSTRAINT c ASSUME score > 0
-- on: replacing
-- statement
ALTER TABLE users ADD CONSTRAINT c ASSUME score > 0
-- case: DROP CONSTRAINT nope
-- on: replacing
-- statement
ALTER TABLE users DROP CONSTRAINT nope
-- case: DROP CONSTRAINT IF EXISTS nope
-- on: replacing
-- statement
ALTER TABLE users DROP CONSTRAINT IF EXISTS nope
-- case: ADD STATISTICS score TYPE tdigest
-- on: replacing
-- statement
ALTER TABLE users ADD STATISTICS score TYPE tdigest
-- case: ADD STATISTICS name TYPE tdigest
-- on: replacing
-- statement
ALTER TABLE users ADD STATISTICS name TYPE tdigest
-- case: ADD STATISTICS score TYPE nope
-- on: replacing
-- statement
ALTER TABLE users ADD STATISTICS score TYPE nope
-- case: ADD STATISTICS nope TYPE uniq
-- on: replacing
-- statement
ALTER TABLE users ADD STATISTICS nope TYPE uniq
-- case: MODIFY STATISTICS score TYPE minmax, uniq
-- on: replacing
-- statement
ALTER TABLE users MODIFY STATISTICS score TYPE minmax, uniq
-- case: DROP STATISTICS score
-- on: replacing
-- statement
ALTER TABLE users DROP STATISTICS score
-- case: MATERIALIZE STATISTICS score
-- on: replacing
-- statement
ALTER TABLE users MATERIALIZE STATISTICS score
-- case: MATERIALIZE STATISTICS ALL
-- on: replacing
-- statement
ALTER TABLE users MATERIALIZE STATISTICS ALL
-- case: OPTIMIZE TABLE users FINAL
-- on: replacing
-- statement
OPTIMIZE TABLE users FINAL
-- case: OPTIMIZE TABLE users FINAL CLEANUP
-- on: replacing
-- statement
OPTIMIZE TABLE users FINAL CLEANUP
-- case: OPTIMIZE TABLE users PARTITION ID 'all' FINAL
-- on: replacing
-- statement
OPTIMIZE TABLE users PARTITION ID 'all' FINAL
-- case: OPTIMIZE TABLE users DEDUPLICATE BY id
-- on: replacing
-- statement
OPTIMIZE TABLE users DEDUPLICATE BY id
-- case: OPTIMIZE TABLE users DEDUPLICATE BY id, nope
-- on: replacing
-- statement
OPTIMIZE TABLE users DEDUPLICATE BY id, nope
-- case: ADD COLUMN a UInt8, DROP COLUMN a
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN a UInt8, DROP COLUMN a
-- case: ADD COLUMN a UInt8, ADD COLUMN a UInt16
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN a UInt8, ADD COLUMN a UInt16
-- case: DROP COLUMN name, ADD COLUMN name UInt64
-- on: replacing
-- statement
ALTER TABLE users DROP COLUMN name, ADD COLUMN name UInt64
-- case: RENAME COLUMN name TO n, RENAME COLUMN plan TO p
-- on: replacing
-- statement
ALTER TABLE users RENAME COLUMN name TO n, RENAME COLUMN plan TO p
-- case: RENAME COLUMN name TO n, MODIFY COLUMN name Nullable(String)
-- on: replacing
-- statement
ALTER TABLE users RENAME COLUMN name TO n, MODIFY COLUMN name Nullable(String)
-- case: ADD COLUMN a UInt8, UPDATE name = 'x' WHERE 1
-- on: replacing
-- statement
ALTER TABLE users ADD COLUMN a UInt8, UPDATE name = 'x' WHERE 1
-- case: UPDATE name = 'x' WHERE 1, DELETE WHERE id = 2
-- on: replacing
-- statement
ALTER TABLE users UPDATE name = 'x' WHERE 1, DELETE WHERE id = 2
-- case: ALTER TABLE nowhere ADD COLUMN a UInt8
-- on: replacing
-- statement
ALTER TABLE nowhere ADD COLUMN a UInt8
-- case: ALTER TABLE nodb.users ADD COLUMN a UInt8
-- on: replacing
-- statement
ALTER TABLE nodb.users ADD COLUMN a UInt8
