-- schema: set
CREATE TABLE t (id UInt64, s String, d Date, dt DateTime, u UUID, e Enum8('a' = 1), f Float32, dec Decimal(10,2), b Bool, ip IPv4, arr Array(UInt8)) ENGINE = MergeTree ORDER BY id SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t (id) SELECT 1;
-- schema: literal types
CREATE TABLE t (id UInt64, s String, d Date, dt DateTime, d64 DateTime64(3), u UUID, e Enum8('a' = 1), f Float32, dec Decimal(10,2), b Bool, ip IPv4, arr Array(UInt8), n Nullable(UInt8), lc LowCardinality(String), m Map(String, UInt8)) ENGINE = MergeTree PARTITION BY d ORDER BY id SETTINGS min_bytes_for_wide_part = 0;
INSERT INTO t (id) SELECT 1;
-- case: SET enable_analyzer = 'abc'
-- on: set
-- statement
SET enable_analyzer = 'abc'
-- case: SET max_memory_usage = 'abc'
-- on: set
-- statement
SET max_memory_usage = 'abc'
-- case: SET max_memory_usage = '10G'
-- on: set
-- statement
SET max_memory_usage = '10G'
-- case: SET max_execution_time = 'abc'
-- on: set
-- statement
SET max_execution_time = 'abc'
-- case: SET max_block_size = 0
-- on: set
-- statement
SET max_block_size = 0
-- case: SET totals_auto_threshold = 'x'
-- on: set
-- statement
SET totals_auto_threshold = 'x'
-- case: SET max_threads = 'auto'
-- on: set
-- statement
SET max_threads = 'auto'
-- case: SET optimize_skip_unused_shards = 1, nope2 = 5
-- on: set
-- statement
SET optimize_skip_unused_shards = 1, nope2 = 5
-- case: SET param_x = 1
-- on: set
-- statement
SET param_x = 1
-- case: SET custom_x = 1
-- on: set
-- statement
SET custom_x = 1
-- case: SET max_rows_to_read = -1
-- on: set
-- statement
SET max_rows_to_read = -1
-- case: SET enable_analyzer = 2
-- on: set
-- statement
SET enable_analyzer = 2
-- case: ADD COLUMN z UInt8 SETTINGS nope = 1
-- on: set
-- statement
ALTER TABLE t ADD COLUMN z UInt8 SETTINGS nope = 1
-- case: ADD COLUMN z UInt8 SETTINGS alter_sync = 2
-- on: set
-- statement
ALTER TABLE t ADD COLUMN z UInt8 SETTINGS alter_sync = 2
-- case: INSERT INTO t SETTINGS nope = 1 SELECT * FROM t
-- on: set
-- statement
INSERT INTO t SETTINGS nope = 1 SELECT * FROM t
-- case: INSERT INTO t SETTINGS async_insert = 1 SELECT * FROM t
-- on: set
-- statement
INSERT INTO t SETTINGS async_insert = 1 SELECT * FROM t
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS max_threads = 1
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS max_threads = 1
-- case: CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS nope = 1
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS nope = 1
-- case: CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS max_rows_to_keep = 100
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS max_rows_to_keep = 100
-- case: CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS min_rows_to_keep = 100, max_rows_to_keep = 1000
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Memory SETTINGS min_rows_to_keep = 100, max_rows_to_keep = 1000
-- case: CREATE TABLE a (x UInt8) ENGINE = Log SETTINGS nope = 1
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Log SETTINGS nope = 1
-- case: CREATE TABLE a (x UInt8) ENGINE = Null SETTINGS nope = 1
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Null SETTINGS nope = 1
-- case: CREATE TABLE a (x UInt8) ENGINE = Null SETTINGS max_threads = 1
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = Null SETTINGS max_threads = 1
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 'yes'
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 'yes'
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 'abc'
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ttl_only_drop_parts = 'abc'
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS merge_with_ttl_timeout = 'abc'
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS merge_with_ttl_timeout = 'abc'
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ratio_of_defaults_for_sparse_serialization = '
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS ratio_of_defaults_for_sparse_serialization = 'abc'
-- case: CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS index_granularity = -5
-- on: set
-- statement
CREATE TABLE a (x UInt8) ENGINE = MergeTree ORDER BY x SETTINGS index_granularity = -5
-- case: MODIFY SETTING ttl_only_drop_parts = 'abc'
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING ttl_only_drop_parts = 'abc'
-- case: MODIFY SETTING max_suspicious_broken_parts = 'abc'
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING max_suspicious_broken_parts = 'abc'
-- case: MODIFY SETTING ratio_of_defaults_for_sparse_serialization = 0.5
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING ratio_of_defaults_for_sparse_serialization = 0.5
-- case: MODIFY SETTING merge_max_block_size = 0
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING merge_max_block_size = 0
-- case: MODIFY SETTING deduplicate_merge_projection_mode = 'drop'
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING deduplicate_merge_projection_mode = 'drop'
-- case: MODIFY SETTING disk = 'x'
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING disk = 'x'
-- case: MODIFY SETTING replicated_deduplication_window = 100
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING replicated_deduplication_window = 100
-- case: MODIFY SETTING old_parts_lifetime = 10, nope = 1
-- on: set
-- statement
ALTER TABLE t MODIFY SETTING old_parts_lifetime = 10, nope = 1
-- case: RESET SETTING index_granularity
-- on: set
-- statement
ALTER TABLE t RESET SETTING index_granularity
-- case: RESET SETTING old_parts_lifetime
-- on: set
-- statement
ALTER TABLE t RESET SETTING old_parts_lifetime
-- case: DELETE WHERE d = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE d = 'garbage'
-- case: DELETE WHERE d64 = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE d64 = 'garbage'
-- case: DELETE WHERE u = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE u = 'garbage'
-- case: DELETE WHERE f = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE f = 'garbage'
-- case: DELETE WHERE dec = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE dec = 'garbage'
-- case: DELETE WHERE b = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE b = 'garbage'
-- case: DELETE WHERE ip = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE ip = 'garbage'
-- case: DELETE WHERE s = 5
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE s = 5
-- case: DELETE WHERE id IN ('a', 'b')
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE id IN ('a', 'b')
-- case: DELETE WHERE arr = 1
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE arr = 1
-- case: DELETE WHERE d = 5
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE d = 5
-- case: DELETE WHERE s
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE s
-- case: DELETE WHERE d
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE d
-- case: DELETE WHERE sum(id) > 1
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE sum(id) > 1
-- case: DELETE WHERE id + s = 1
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE id + s = 1
-- case: DELETE WHERE length(id) = 1
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE length(id) = 1
-- case: DELETE WHERE upper(id) = 'A'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE upper(id) = 'A'
-- case: DELETE WHERE s LIKE 5
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE s LIKE 5
-- case: DELETE WHERE id LIKE '5%'
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE id LIKE '5%'
-- case: DELETE WHERE dictGet('nodict', 'x', id) = 1
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE dictGet('nodict', 'x', id) = 1
-- case: DELETE WHERE NOT s
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE NOT s
-- case: DELETE WHERE s AND id
-- on: literal types
-- statement
ALTER TABLE t DELETE WHERE s AND id
-- case: DELETE FROM t WHERE s
-- on: literal types
-- statement
DELETE FROM t WHERE s
-- case: DELETE FROM t WHERE d = 'garbage'
-- on: literal types
-- statement
DELETE FROM t WHERE d = 'garbage'
-- case: DELETE FROM t WHERE id = 'abc'
-- on: literal types
-- statement
DELETE FROM t WHERE id = 'abc'
-- case: UPDATE s = 'x' WHERE id = 'abc'
-- on: literal types
-- statement
ALTER TABLE t UPDATE s = 'x' WHERE id = 'abc'
-- case: UPDATE s = 'x' WHERE d = 'garbage'
-- on: literal types
-- statement
ALTER TABLE t UPDATE s = 'x' WHERE d = 'garbage'
-- case: UPDATE s = 'x' WHERE d
-- on: literal types
-- statement
ALTER TABLE t UPDATE s = 'x' WHERE d
-- case: UPDATE f = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = 'abc' WHERE id = 1
-- case: UPDATE dt = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE dt = 'abc' WHERE id = 1
-- case: UPDATE u = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE u = 'abc' WHERE id = 1
-- case: UPDATE e = 'zzz' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE e = 'zzz' WHERE id = 1
-- case: UPDATE dec = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE dec = 'abc' WHERE id = 1
-- case: UPDATE b = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE b = 'abc' WHERE id = 1
-- case: UPDATE ip = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE ip = 'abc' WHERE id = 1
-- case: UPDATE n = 'abc' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE n = 'abc' WHERE id = 1
-- case: UPDATE n = NULL WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE n = NULL WHERE id = 1
-- case: UPDATE f = NULL WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = NULL WHERE id = 1
-- case: UPDATE e = NULL WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE e = NULL WHERE id = 1
-- case: UPDATE arr = [1, 2] WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE arr = [1, 2] WHERE id = 1
-- case: UPDATE arr = 1 WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE arr = 1 WHERE id = 1
-- case: UPDATE arr = 'x' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE arr = 'x' WHERE id = 1
-- case: UPDATE s = arr WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE s = arr WHERE id = 1
-- case: UPDATE d = '2026-13-01' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE d = '2026-13-01' WHERE id = 1
-- case: UPDATE dt = '2026-01-01' WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE dt = '2026-01-01' WHERE id = 1
-- case: UPDATE f = 5, f = 6 WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = 5, f = 6 WHERE id = 1
-- case: UPDATE dec = 99999999999 WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE dec = 99999999999 WHERE id = 1
-- case: UPDATE lc = 5 WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE lc = 5 WHERE id = 1
-- case: UPDATE m = map('a', 300) WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE m = map('a', 300) WHERE id = 1
-- case: UPDATE f = max(f) WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = max(f) WHERE id = 1
-- case: UPDATE f = (SELECT max(f) FROM t) WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = (SELECT max(f) FROM t) WHERE id = 1
-- case: UPDATE f = (SELECT max(nope) FROM t) WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = (SELECT max(nope) FROM t) WHERE id = 1
-- case: UPDATE f = upper(id) WHERE id = 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = upper(id) WHERE id = 1
-- case: ADD COLUMN z UInt8 DEFAULT sum(id)
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 DEFAULT sum(id)
-- case: ADD COLUMN z UInt8 DEFAULT (SELECT 1)
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 DEFAULT (SELECT 1)
-- case: ADD COLUMN z UInt8 DEFAULT (SELECT max(id) FROM t)
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 DEFAULT (SELECT max(id) FROM t)
-- case: ADD COLUMN z UInt8 DEFAULT row_number() OVER ()
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 DEFAULT row_number() OVER ()
-- case: ADD COLUMN z UInt8 DEFAULT NULL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 DEFAULT NULL
-- case: ADD COLUMN z Date DEFAULT 'garbage'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Date DEFAULT 'garbage'
-- case: ADD COLUMN z DateTime DEFAULT 'garbage'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z DateTime DEFAULT 'garbage'
-- case: ADD COLUMN z UUID DEFAULT 'garbage'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UUID DEFAULT 'garbage'
-- case: ADD COLUMN z IPv4 DEFAULT 'garbage'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z IPv4 DEFAULT 'garbage'
-- case: ADD COLUMN z Decimal(5,2) DEFAULT 'garbage'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Decimal(5,2) DEFAULT 'garbage'
-- case: ADD COLUMN z Decimal(5,2) DEFAULT 12345.678
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Decimal(5,2) DEFAULT 12345.678
-- case: ADD COLUMN z Enum8('a' = 1) DEFAULT 'b'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Enum8('a' = 1) DEFAULT 'b'
-- case: ADD COLUMN z Enum8('a' = 1) DEFAULT 5
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Enum8('a' = 1) DEFAULT 5
-- case: ADD COLUMN z Bool DEFAULT 'maybe'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Bool DEFAULT 'maybe'
-- case: ADD COLUMN z Array(UInt8) DEFAULT 1
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Array(UInt8) DEFAULT 1
-- case: ADD COLUMN z Array(UInt8) DEFAULT [1, 300]
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Array(UInt8) DEFAULT [1, 300]
-- case: ADD COLUMN z JSON DEFAULT '{}'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z JSON DEFAULT '{}'
-- case: ADD COLUMN z JSON DEFAULT 'no json'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z JSON DEFAULT 'no json'
-- case: ADD COLUMN z FixedString(2) DEFAULT 'abc'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z FixedString(2) DEFAULT 'abc'
-- case: ADD COLUMN z String DEFAULT 5
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z String DEFAULT 5
-- case: ADD COLUMN z Float32 DEFAULT 'x'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Float32 DEFAULT 'x'
-- case: ADD COLUMN z UInt64 DEFAULT s
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 DEFAULT s
-- case: ADD COLUMN z UInt64 DEFAULT arr
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 DEFAULT arr
-- case: ADD COLUMN z UInt64 MATERIALIZED arr[1]
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 MATERIALIZED arr[1]
-- case: ADD COLUMN z UInt64 ALIAS z2
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 ALIAS z2
-- case: ADD COLUMN z UInt64 ALIAS z
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 ALIAS z
-- case: ADD COLUMN z UInt64 DEFAULT z
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 DEFAULT z
-- case: ADD COLUMN z UInt64 DEFAULT z2, ADD COLUMN z2 UInt64 DEFAULT 5
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt64 DEFAULT z2, ADD COLUMN z2 UInt64 DEFAULT 5
-- case: ADD COLUMN z String MATERIALIZED upper(id)
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z String MATERIALIZED upper(id)
-- case: ADD COLUMN z Dynamic DEFAULT 5
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Dynamic DEFAULT 5
-- case: ADD COLUMN z LowCardinality(Nullable(String)) DEFAULT NULL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z LowCardinality(Nullable(String)) DEFAULT NULL
-- case: ADD COLUMN z UInt8 EPHEMERAL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z UInt8 EPHEMERAL
-- case: ADD COLUMN z String NOT NULL DEFAULT 'x'
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z String NOT NULL DEFAULT 'x'
-- case: ADD COLUMN z String NULL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z String NULL
-- case: ADD COLUMN z Nullable(String) NULL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Nullable(String) NULL
-- case: ADD COLUMN z Array(String) NULL
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN z Array(String) NULL
-- case: ADD COLUMN `_part` String
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN `_part` String
-- case: ADD COLUMN `_row_exists` UInt8
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN `_row_exists` UInt8
-- case: ADD COLUMN `a.b` String
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN `a.b` String
-- case: ADD COLUMN `a.b` Array(String), ADD COLUMN `a.c` Array(UInt8)
-- on: literal types
-- statement
ALTER TABLE t ADD COLUMN `a.b` Array(String), ADD COLUMN `a.c` Array(UInt8)
-- case: ADD PROJECTION p (SELECT nope ORDER BY id)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT nope ORDER BY id)
-- case: ADD PROJECTION p (SELECT nofn(id) ORDER BY id)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT nofn(id) ORDER BY id)
-- case: ADD PROJECTION p (SELECT id, s)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT id, s)
-- case: ADD PROJECTION p (SELECT id, s ORDER BY s)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT id, s ORDER BY s)
-- case: ADD PROJECTION p (SELECT sum(id) GROUP BY s)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT sum(id) GROUP BY s)
-- case: ADD PROJECTION p (SELECT s, id GROUP BY s)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT s, id GROUP BY s)
-- case: ADD PROJECTION p (SELECT * ORDER BY nope)
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p (SELECT * ORDER BY nope)
-- case: ADD PROJECTION p INDEX s TYPE basic
-- on: literal types
-- statement
ALTER TABLE t ADD PROJECTION p INDEX s TYPE basic
-- case: DROP PROJECTION nope
-- on: literal types
-- statement
ALTER TABLE t DROP PROJECTION nope
-- case: DROP PROJECTION IF EXISTS nope
-- on: literal types
-- statement
ALTER TABLE t DROP PROJECTION IF EXISTS nope
-- case: MATERIALIZE PROJECTION nope
-- on: literal types
-- statement
ALTER TABLE t MATERIALIZE PROJECTION nope
-- case: MATERIALIZE PROJECTION IF EXISTS nope
-- on: literal types
-- statement
ALTER TABLE t MATERIALIZE PROJECTION IF EXISTS nope
-- case: CLEAR INDEX nope
-- on: literal types
-- statement
ALTER TABLE t CLEAR INDEX nope
-- case: CLEAR PROJECTION nope
-- on: literal types
-- statement
ALTER TABLE t CLEAR PROJECTION nope
-- case: DROP PARTITION '1970-01-01'
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION '1970-01-01'
-- case: DROP PARTITION 'garbage'
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION 'garbage'
-- case: DROP PARTITION (1, 2)
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION (1, 2)
-- case: DROP PARTITION tuple()
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION tuple()
-- case: DROP PARTITION ID '19700101'
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION ID '19700101'
-- case: DROP PARTITION ALL
-- on: literal types
-- statement
ALTER TABLE t DROP PARTITION ALL
-- case: DROP PART 'nope'
-- on: literal types
-- statement
ALTER TABLE t DROP PART 'nope'
-- case: DROP PART '19700101_1_1_0'
-- on: literal types
-- statement
ALTER TABLE t DROP PART '19700101_1_1_0'
-- case: DETACH PARTITION '1970-01-01'
-- on: literal types
-- statement
ALTER TABLE t DETACH PARTITION '1970-01-01'
-- case: ATTACH PARTITION '1970-01-01'
-- on: literal types
-- statement
ALTER TABLE t ATTACH PARTITION '1970-01-01'
-- case: FREEZE
-- on: literal types
-- statement
ALTER TABLE t FREEZE
-- case: FREEZE PARTITION '1970-01-01' WITH NAME 'b'
-- on: literal types
-- statement
ALTER TABLE t FREEZE PARTITION '1970-01-01' WITH NAME 'b'
-- case: UNFREEZE WITH NAME 'b'
-- on: literal types
-- statement
ALTER TABLE t UNFREEZE WITH NAME 'b'
-- case: UPDATE f = 1 IN PARTITION '1970-01-01' WHERE 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = 1 IN PARTITION '1970-01-01' WHERE 1
-- case: UPDATE f = 1 IN PARTITION 'garbage' WHERE 1
-- on: literal types
-- statement
ALTER TABLE t UPDATE f = 1 IN PARTITION 'garbage' WHERE 1
-- case: FETCH PARTITION '1970-01-01' FROM '/x'
-- on: literal types
-- statement
ALTER TABLE t FETCH PARTITION '1970-01-01' FROM '/x'
-- case: DROP DETACHED PARTITION ALL
-- on: literal types
-- statement
ALTER TABLE t DROP DETACHED PARTITION ALL
