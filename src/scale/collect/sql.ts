/**
 * Statistics of PostgreSQL 13 to 18, and nothing but statistics: of `pg_stats` neither `most_common_vals` nor `histogram_bounds` (nor
 * the element and range ones) are ever selected, because those are values of rows.
 */
const USER_TABLE = `c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')`;

const FROM_TABLES = `FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_TABLE} AND ($1::pg_catalog.text[] IS NULL OR n.nspname = ANY ($1))`;

export interface RightsRow {
  /** Sees other roles' sessions: a member of `pg_read_all_stats`, as `pg_monitor` is. */
  readonly all_stats: boolean;
  readonly track_counts: boolean;
  readonly block_size: number;
}

export const RIGHTS: string = `
SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS all_stats, current_setting('track_counts')::bool AS track_counts,
  current_setting('block_size')::int AS block_size`;

export const SCHEMA_NAMES: string = `
SELECT n.nspname AS name FROM pg_catalog.pg_namespace n WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' ORDER BY 1`;

export interface TableRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  /** -1: never analyzed (0 before 14, where that may also mean empty). */
  readonly tuples: number;
  readonly pages: number;
  /** Of a partition. */
  readonly parent: string | null;
  /** Pages of the TOAST table and of the indexes at their last VACUUM or ANALYZE: for when the files may not be looked at. */
  readonly toast_pages: number;
  readonly index_pages: number;
}

export const TABLES: string = `
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.reltuples::float8 AS tuples, c.relpages::float8 AS pages,
  (SELECT i.inhparent::int8 FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition) AS parent,
  COALESCE((SELECT t.relpages::float8 FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid), 0) AS toast_pages,
  COALESCE((SELECT pg_catalog.sum(ic.relpages)::float8 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid), 0) AS index_pages
${FROM_TABLES} ORDER BY n.nspname, c.relname`;

export interface SizeRow {
  readonly oid: string;
  /** Bytes of the main fork alone, of which rows are estimated as the planner does. */
  readonly main: number;
  /** With TOAST and maps, without indexes. Null when the table was dropped meanwhile. */
  readonly bytes: number | null;
  readonly index_bytes: number | null;
}

/** Takes ACCESS SHARE for a moment on each table: it waits behind an ALTER TABLE, for as long as `lock_timeout` allows. */
export const SIZES: string = `
SELECT c.oid::int8 AS oid, pg_catalog.pg_relation_size(c.oid)::float8 AS main, pg_catalog.pg_table_size(c.oid)::float8 AS bytes, pg_catalog.pg_indexes_size(c.oid)::float8 AS index_bytes
${FROM_TABLES} AND c.relkind <> 'p'`;

export interface CounterRow {
  readonly oid: string;
  readonly reads: number;
  readonly writes: number;
}

/** Scans started (not rows returned), and rows inserted, updated and deleted. */
export const COUNTERS: string = `
SELECT s.relid::int8 AS oid, (COALESCE(s.seq_scan, 0) + COALESCE(s.idx_scan, 0))::float8 AS reads,
  (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8 AS writes
FROM pg_catalog.pg_stat_user_tables s`;

export interface ClockRow {
  readonly seconds: number;
  /** When the counters began; null when they never were reset, from 15 on. */
  readonly reset: number | null;
}

export const CLOCK: string = `
SELECT EXTRACT(EPOCH FROM pg_catalog.clock_timestamp())::float8 AS seconds, EXTRACT(EPOCH FROM d.stats_reset)::float8 AS reset
FROM pg_catalog.pg_stat_database d WHERE d.datname = current_database()`;

export interface TransactionRow {
  readonly oid: string;
  readonly seconds: number;
}

/** The age of the oldest transaction that holds a lock on each table or one of its indexes; autovacuum gives way by itself. */
export const TRANSACTIONS: string = `
SELECT COALESCE(i.indrelid, l.relation)::int8 AS oid, pg_catalog.max(EXTRACT(EPOCH FROM pg_catalog.clock_timestamp() - COALESCE(a.xact_start, p.prepared)))::float8 AS seconds
FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  LEFT JOIN pg_catalog.pg_prepared_xacts p ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction::text
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = l.relation
WHERE l.locktype = 'relation' AND l.granted AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
  AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND COALESCE(a.backend_type, '') <> 'autovacuum worker' AND COALESCE(a.xact_start, p.prepared) IS NOT NULL
GROUP BY 1`;

export interface ColumnRow {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  /** The role may see this column's statistics: `pg_stats` shows those of columns that one may select. */
  readonly readable: boolean;
  readonly null_fraction: number | null;
  /** Negative: a fraction of the rows. */
  readonly distinct: number | null;
  readonly width: number | null;
}

export const COLUMNS: string = `
SELECT c.oid::int8 AS oid, a.attname AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
  (pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid)) AS readable,
  s.null_frac::float8 AS null_fraction, s.n_distinct::float8 AS "distinct", s.avg_width::float8 AS width
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND s.inherited = (c.relkind = 'p')
WHERE ${USER_TABLE} AND ($1::pg_catalog.text[] IS NULL OR n.nspname = ANY ($1)) ORDER BY c.oid, a.attnum`;
