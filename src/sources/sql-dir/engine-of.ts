import type { Database } from "../../model/migration.ts";

/**
 * What only ClickHouse's grammar has (docs: sql-reference/statements, data-types, engines). `ENGINE = Memory` is MySQL's too, and no
 * source of tread's is for MySQL.
 */
const CLICKHOUSE: readonly RegExp[] = [
  /\bENGINE\s*=?\s*(?:[A-Za-z]*MergeTree|Distributed|Kafka|Buffer|Null|Memory|Merge|Log|TinyLog|StripeLog|Set|Join|Dictionary|S3(?:Queue)?|URL|File|RabbitMQ|NATS|PostgreSQL|MySQL|MongoDB|Redis|EmbeddedRocksDB|KeeperMap|MaterializedPostgreSQL|GenerateRandom|View|Atomic|Replicated|Lazy)\b/i,
  /\bON\s+CLUSTER\s+['"`{\w$]/i,
  /\b(?:LowCardinality|Nullable|DateTime64|FixedString|AggregateFunction|SimpleAggregateFunction|Enum8|Enum16|Nested|Decimal(?:32|64|128|256))\s*\(/,
  /\bU?Int(?:8|16|32|64|128|256)\b/,
  /\bArray\s*\(\s*[A-Z]|\bMap\s*\(\s*(?:String|LowCardinality|U?Int)/,
  /\b(?:EXCHANGE\s+(?:TABLES|DICTIONARIES)|OPTIMIZE\s+TABLE|UNDROP\s+TABLE|RENAME\s+TABLE\s+\S+\s+TO|KILL\s+MUTATION)\b/i,
  /\bSYSTEM\s+(?:RELOAD|STOP|START|SYNC|FLUSH|DROP|RESTART|RESTORE|ENABLE|DISABLE|WAIT|REFRESH)\b/i,
  /\b(?:ATTACH|DETACH|FREEZE|FETCH|DROP|CLEAR|MOVE|REPLACE)\s+(?:PARTITION|PART)\s+(?!OF\b)(?:ID\b|'|\(|\d|tuple|ALL\b)/i,
  /\bMODIFY\s+(?:TTL|SETTING|QUERY|ORDER\s+BY|SAMPLE\s+BY|REFRESH|SQL\s+SECURITY|COMMENT)\b/i,
  /\bMODIFY\s+COLUMN\b/i,
  /\b(?:MATERIALIZE|CLEAR)\s+(?:COLUMN|INDEX|PROJECTION|TTL|STATISTICS)\b/i,
  /\b(?:ADD|DROP)\s+PROJECTION\b|\bRESET\s+SETTING\b|\bAPPLY\s+DELETED\s+MASK\b/i,
  /\bADD\s+INDEX\s+[\s\S]{1,400}?\bTYPE\s+(?:minmax|set|bloom_filter|ngrambf_v1|tokenbf_v1|inverted|full_text|text|vector_similarity)\b/i,
  /\bALTER\s+TABLE\s+\S+\s+(?:ON\s+CLUSTER\s+\S+\s+)?(?:UPDATE\s+\S+\s*=|DELETE\s+(?:WHERE|IN)\b)/i,
  /\bCREATE\s+(?:OR\s+REPLACE\s+)?DICTIONARY\b/i,
  /\bCREATE\s+MATERIALIZED\s+VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?\S+\s+(?:ON\s+CLUSTER\s+\S+\s+)?(?:TO\s|REFRESH\s|ENGINE\b)/i,
  /\bCODEC\s*\(|\bGRANULARITY\s+\d|\bindex_granularity\b|\bSETTINGS\s+\w+\s*=/,
  /\bFORMAT\s+(?:JSONEachRow|TabSeparated|CSV|Values|Native|Parquet|TSV)\b/,
];

/** What only Postgres' grammar has, and migrations often hold. */
const POSTGRES: readonly RegExp[] = [
  /\b(?:big|small)?serial\b|\btimestamptz\b|\bjsonb\b|\bbytea\b|\bwith(?:out)?\s+time\s+zone\b|\btsvector\b|\bcitext\b|\bdouble\s+precision\b/i,
  /\bCREATE\s+(?:UNIQUE\s+)?INDEX\b|\bCONCURRENTLY\b|\bREINDEX\b/i,
  /\bREFERENCES\s+\S+\s*\(|\bFOREIGN\s+KEY\b|\bNOT\s+VALID\b|\bVALIDATE\s+CONSTRAINT\b|\bGENERATED\s+(?:ALWAYS|BY\s+DEFAULT)\s+AS\b/i,
  /\b(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:EXTENSION|SEQUENCE|TYPE|TRIGGER|DOMAIN|SCHEMA|PROCEDURE|AGGREGATE|OPERATOR)\b/i,
  /\bLANGUAGE\s+(?:plpgsql|sql)\b|\bDO\s+\$|\bplpgsql\b/i,
  /\bALTER\s+COLUMN\s+\S+\s+(?:SET|DROP)\s+(?:NOT\s+NULL|DEFAULT|DATA|STATISTICS|STORAGE)\b/i,
  /\bON\s+CONFLICT\b|\bRETURNING\b|\bUSING\s+(?:btree|gin|gist|brin|hash)\b|\block_timeout\b|\bstatement_timeout\b/i,
  /\bvarchar\s*\(|\bcharacter\s+varying\b|\btext\s+(?:NOT\s+NULL|DEFAULT)\b/,
];

/**
 * The engine that a script is written for, told by what only one of the two grammars has; null where it could be for either.
 * Comments and strings do not count: a Postgres migration may well say "moved to ENGINE = MergeTree" in words.
 */
export function engineOfSql(text: string): Database | null {
  const code = withoutStrings(text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text);
  const clickhouse = CLICKHOUSE.filter((pattern) => pattern.test(code)).length;
  const postgres = POSTGRES.filter((pattern) => pattern.test(code)).length;
  return clickhouse === postgres ? null : clickhouse > postgres ? "clickhouse" : "postgres";
}

/** What queries say that only ClickHouse takes; migrations are told by `engineOfSql`. */
const CLICKHOUSE_QUERY: readonly RegExp[] = [
  /\{\s*[A-Za-z_]\w*\s*:\s*(?:U?Int|String|Date|Float|Array|Nullable|Identifier|UUID|Decimal|Bool|Enum|LowCardinality|Map|Tuple|FixedString|IPv)/,
  /\b(?:PREWHERE|GLOBAL\s+(?:NOT\s+)?IN|ARRAY\s+JOIN|ASOF\s+JOIN|ANY\s+(?:LEFT|INNER|JOIN)|WITH\s+TOTALS)\b/i,
  /\bLIMIT\s+\d+\s+BY\b|\bFROM\s+[\w.`"]+\s+(?:AS\s+\w+\s+)?(?:FINAL|SAMPLE)\b/i,
  /\bcount\(\)|\b(?:countIf|sumIf|avgIf|uniq(?:Exact|Combined|HLL12|State|Merge)?|anyLast|argM(?:ax|in)|group(?:Array|UniqArray)|quantile\w*|topK|windowFunnel|retention)\s*\(/,
  /\b(?:toStartOf(?:Day|Hour|Minute|Week|Month|Interval|FiveMinutes)|toYYYYMM(?:DD)?|toDate(?:Time(?:64)?)?|toU?Int\d+|toString|parseDateTime\w*|dictGet\w*|arrayJoin|arrayMap|has(?:Any|All)|JSONExtract\w*|multiIf|visitParam\w*|cityHash64|sipHash64|formatDateTime|fromUnixTimestamp)\s*\(/,
  /\bINSERT\s+INTO\s+(?:TABLE\s+)?[\w.`]+\s*(?:\([^)]*\)\s*)?(?:SETTINGS\s[\s\S]*?)?(?:FORMAT\s+\w+|VALUES\s*(?:;|$))/i,
];

/** The engine that a file of queries, or an export of a query log, is for; null where it could be for either. */
export function engineOfQueries(text: string): Database | null {
  const head = text.slice(0, LOOKED_AT);
  if (/"normalized_query(?:_hash)?"|(?:^|[,;\t"])normalized_query|"(?:is_initial_query|current_database)"\s*:/.test(head))
    return "clickhouse";
  if (/^\s*(?:"?queryid"?|"?userid"?,"?dbid"?|.*\b(?:stats_since|shared_blks_hit|rolname)\b)/.test(head)) return "postgres";
  const code = withoutStrings(head);
  const clickhouse = [...CLICKHOUSE, ...CLICKHOUSE_QUERY].filter((pattern) => pattern.test(code)).length;
  const postgres = [...POSTGRES, /::\s*(?:text|int|uuid|jsonb|date|timestamptz|bigint|numeric)\b/i, /\bILIKE\s+\$\d|=\s*ANY\s*\(/i].filter(
    (pattern) => pattern.test(code),
  ).length;
  return clickhouse === postgres ? null : clickhouse > postgres ? "clickhouse" : "postgres";
}

/** Which engine a folder's scripts are for by most of those that say so; null where none does. @param texts read one after the other, only as many as needed */
export function engineOfScripts(paths: readonly string[], text: (path: string) => string): Database | null {
  const sample = paths.length <= 2 * SAMPLE ? paths : [...paths.slice(0, SAMPLE), ...paths.slice(-SAMPLE)];
  let lead = 0;
  for (const path of sample) {
    const engine = engineOfSql(text(path));
    if (engine !== null) lead += engine === "clickhouse" ? 1 : -1;
  }
  return lead === 0 ? null : lead > 0 ? "clickhouse" : "postgres";
}

/** Files at each end of a folder that are opened. */
const SAMPLE = 10;
/** Characters of a file that are looked at: a dump says what it is long before. */
const LOOKED_AT = 40_000;

/** Strings, comments and heredocs blanked out, of either engine (`#` begins a comment on ClickHouse only where a blank follows). */
function withoutStrings(text: string): string {
  return text.replace(
    /--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|\$([A-Za-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/g,
    (piece) => (piece.startsWith("'") ? "''" : piece.startsWith("$") ? "$$" : " "),
  );
}
