import type { CreateDictionary, Engine, Expression, ParsedStatement, Range, Setting, Statement, Storage } from "../parse/ast.ts";
import { type TreeNode, walkTree } from "./walk.ts";

/** A statement as one process can run it. */
export interface StandIn {
  readonly sql: string;
  /** What is not exercised because of it, each a sentence without a full stop. */
  readonly limits: readonly string[];
  /** Why it cannot be run here at all, or null. */
  readonly leftOut: string | null;
}

/** Names that the server's configuration must know before the statement can run. */
export interface NamesFromOutside {
  readonly clusters: readonly string[];
  readonly macros: readonly string[];
}

/** Engines that take rows from a queue and hand them to materialized views. */
const QUEUES = new Set(["Kafka", "RabbitMQ", "NATS", "S3Queue", "AzureQueue", "FileLog"]);

/**
 * Virtual columns of queues that views read. MATERIALIZED: a view sees them by name, `*` does not, and no INSERT gives them.
 */
const QUEUE_COLUMNS = [
  "_topic LowCardinality(String) MATERIALIZED 'topic'",
  "_key String MATERIALIZED 'key'",
  "_offset UInt64 MATERIALIZED 1",
  "_partition UInt64 MATERIALIZED 0",
  "_timestamp Nullable(DateTime('UTC')) MATERIALIZED toDateTime('2026-01-01 00:00:00', 'UTC')",
  "_timestamp_ms Nullable(DateTime64(3, 'UTC')) MATERIALIZED toDateTime64('2026-01-01 00:00:00', 3, 'UTC')",
  "`_headers.name` Array(String) MATERIALIZED []",
  "`_headers.value` Array(String) MATERIALIZED []",
  "_raw_message String MATERIALIZED ''",
  "_error String MATERIALIZED ''",
  "_path String MATERIALIZED ''",
  "_file String MATERIALIZED ''",
];

/** Engines whose rows live elsewhere: an empty table stands for them, so that what reads them finds its columns. */
const FOREIGN = new Set([
  "MySQL",
  "PostgreSQL",
  "MongoDB",
  "S3",
  "URL",
  "HDFS",
  "AzureBlobStorage",
  "ODBC",
  "JDBC",
  "SQLite",
  "Redis",
  "File",
  "Executable",
  "ExecutablePool",
  "Iceberg",
  "IcebergS3",
  "IcebergAzure",
  "IcebergLocal",
  "DeltaLake",
  "Hudi",
  "Hive",
  "ExternalDistributed",
  "MaterializedPostgreSQL",
  "EmbeddedRocksDB",
  "KeeperMap",
  "YTsaurus",
  "ArrowFlight",
]);

/** Settings of a table that name what only the real servers have. */
const SERVER_SETTINGS = new Set(["storage_policy", "disk"]);

interface Edit extends Range {
  readonly text: string;
}

/** Rewrites a parsed statement for one process. A statement that was not understood is sent as it is. */
export function standIn(parsed: ParsedStatement): StandIn {
  const edits: Edit[] = [];
  const limits: string[] = [];
  const leftOut = withoutStandIn(parsed.statement);
  if (leftOut === null) {
    const at = (range: Range): string => parsed.text.slice(range.start - parsed.at.start, range.end - parsed.at.start);
    walkTree(parsed.statement, (node, key) => {
      if (key === "onCluster" && isRange(node["at"])) {
        edits.push({ ...node["at"], text: "" });
        limits.push("ON CLUSTER: run once here; the queue of distributed DDL, its order and its time-outs were not exercised");
      }
      if (key === "storage" || key === "inner") editStorage(node as unknown as Storage, parsed, at, edits, limits);
    });
    if (parsed.statement.kind === "create-dictionary") editDictionary(parsed.statement, edits, limits);
  }
  return { sql: apply(parsed, edits), limits, leftOut };
}

/** Clusters and macros that the statements name. */
export function namesFromOutside(statements: readonly ParsedStatement[]): NamesFromOutside {
  const clusters = new Set<string>();
  const macros = new Set<string>();
  for (const { statement, text } of statements) {
    for (const [, name] of text.matchAll(/\{([A-Za-z_]\w*)\}/g))
      if (name !== undefined && !["uuid", "database", "table"].includes(name)) macros.add(name);
    // A statement that was not understood is sent as it is, and its cluster must be there all the same.
    if (statement.kind === "opaque") {
      for (const [, name] of text.matchAll(/\b(?:Distributed|cluster|clusterAllReplicas)\s*\(\s*['"`]?([^'"`,)\s]+)/gi))
        if (name !== undefined) clusters.add(name);
    }
    walkTree(statement, (node, key) => {
      if (key === "engine" && node["name"] === "Distributed") {
        const name = nameOf((node["arguments"] as readonly Expression[] | null)?.[0]);
        if (name !== null) clusters.add(name);
      }
      if (key === "function" && /^cluster(?:AllReplicas)?$/i.test(String(node["name"]))) {
        const name = nameOf((node["arguments"] as readonly Expression[])[0]);
        if (name !== null) clusters.add(name);
      }
    });
  }
  return { clusters: [...clusters], macros: [...macros] };
}

/** A string literal or a bare identifier. */
function nameOf(expression: Expression | undefined): string | null {
  if (expression?.kind === "literal" && expression.value.type === "string") return expression.value.value;
  if (expression?.kind === "identifier") return expression.parts.map((part) => part.text).join(".");
  return null;
}

function withoutStandIn(statement: Statement): string | null {
  switch (statement.kind) {
    case "access-control":
      return "users, roles, quotas and policies are not part of the rehearsal";
    case "create-named-collection":
    case "alter-named-collection":
    case "drop-named-collection":
      return "named collections hold the addresses of other servers: not part of the rehearsal";
    case "transaction":
      return "the embedded ClickHouse has no transactions";
    case "create-window-view":
      return "window views are not in the embedded ClickHouse";
    case "create-database": {
      const engine = statement.storage?.engine?.name ?? "Atomic";
      return ["Atomic", "Replicated", "Shared", "Ordinary", "Memory", "Lazy", "Dictionary"].includes(engine)
        ? null
        : `a database with the engine ${engine} holds tables of another server`;
    }
    case "system":
      if (/^START(?:$| (?:REPLICATED )?VIEWS?$| ALL BACKGROUND$)/i.test(statement.command))
        return "refreshable views stand still here: what they would write would be taken for the doing of the statement beside it";
      return /REPLICA|REPLICATED|REPLICATION|DISTRIBUTED|DDL WORKER|ZOOKEEPER|SYNC DATABASE/i.test(statement.command)
        ? `SYSTEM ${statement.command} concerns several servers: there is one here`
        : null;
    case "alter-table": {
      const moves = statement.commands.find((command) => command.kind === "move-partition" && command.to.kind !== "table");
      return moves === undefined ? null : "disks, volumes and other shards are not here";
    }
    default:
      return null;
  }
}

function editStorage(storage: Storage, parsed: ParsedStatement, at: (range: Range) => string, edits: Edit[], limits: string[]): void {
  const { engine } = storage;
  if (engine !== null && QUEUES.has(engine.name)) {
    // Log refuses the same ALTERs as a queue does (48), and views over it are fed by INSERT.
    edits.push({ ...storage.at, text: "ENGINE = Log" });
    const statement = parsed.statement;
    if (statement.kind === "create-table" && statement.elements !== null) {
      const own = new Set(statement.elements.columns.map((column) => column.name.text));
      const extra = QUEUE_COLUMNS.filter((column) => !own.has(column.split(" ")[0]?.replaceAll("`", "") ?? ""));
      const end = statement.elements.at.end;
      const closed = at({ start: end - 1, end }) === ")";
      edits.push({ start: closed ? end - 1 : end, end: closed ? end - 1 : end, text: `, ${extra.join(", ")}` });
    }
    limits.push(
      `${engine.name} tables: a table that takes INSERTs stands for the queue; consuming, offsets and the parsing of messages were not exercised`,
    );
    return;
  }
  if (engine !== null && FOREIGN.has(engine.name)) {
    edits.push({ ...storage.at, text: "ENGINE = Memory" });
    limits.push(`${engine.name} tables: an empty table stands for what is stored elsewhere`);
    return;
  }
  if (engine !== null) editEngine(engine, at, edits, limits);
  editSettings(storage.settings, parsed, edits, limits);
  if (storage.ttl.some((element) => element.action.kind === "move"))
    limits.push("TTL … TO DISK or VOLUME: the disks of the servers are not here");
}

function editEngine(engine: Engine, at: (range: Range) => string, edits: Edit[], limits: string[]): void {
  const plain = /^(?:Replicated|Shared)(\w*MergeTree)$/.exec(engine.name)?.[1];
  if (plain !== undefined) {
    const args = engine.arguments ?? [];
    const isText = (expression: Expression | undefined): boolean => expression?.kind === "literal" && expression.value.type === "string";
    // Path and replica come together; a Replicated engine may leave both out.
    const own = isText(args[0]) && (isText(args[1]) || args[1]?.kind === "function") ? args.slice(2) : args;
    edits.push({ ...engine.at, text: `ENGINE = ${plain}(${own.map((argument) => at(argument.at)).join(", ")})` });
    limits.push(`${engine.name} rehearsed as ${plain}: replication, quorum, replicas that lag and paths in Keeper were not exercised`);
    // Whether the range begins with the word ENGINE is read off the text.
    const last = edits.at(-1);
    if (last !== undefined && !/^ENGINE\b/i.test(at(engine.at)))
      edits[edits.length - 1] = { ...last, text: last.text.replace("ENGINE = ", "") };
  }
  if (engine.name === "Distributed")
    limits.push("Distributed: every cluster is this one process with one shard; foreground inserts only, no queue of unsent rows");
  if (engine.name === "Replicated") edits.push({ ...engine.at, text: /^ENGINE\b/i.test(at(engine.at)) ? "ENGINE = Atomic" : "Atomic" });
}

function editSettings(settings: readonly Setting[], parsed: ParsedStatement, edits: Edit[], limits: string[]): void {
  const kept = settings.filter((setting) => !SERVER_SETTINGS.has(setting.name));
  const [first] = settings;
  const last = settings.at(-1);
  if (kept.length === settings.length || first === undefined || last === undefined) return;
  const text = (range: Range): string => parsed.text.slice(range.start - parsed.at.start, range.end - parsed.at.start);
  const keyword = /\bSETTINGS\s*$/i.exec(parsed.text.slice(0, first.at.start - parsed.at.start))?.index;
  edits.push(
    kept.length === 0 && keyword !== undefined
      ? { start: keyword + parsed.at.start, end: last.at.end, text: "" }
      : { start: first.at.start, end: last.at.end, text: kept.map((setting) => text(setting.at)).join(", ") },
  );
  limits.push("storage policies and disks of the servers are not here: everything lies on one disk");
}

/** What a dictionary's local source may say. HOST, PORT and credentials would connect. */
const LOCAL_SOURCE = new Set(["db", "table", "query", "where", "invalidate_query", "update_field", "update_lag"]);

function editDictionary(statement: CreateDictionary, edits: Edit[], limits: string[]): void {
  const { source } = statement;
  if (source === null || source.name.toUpperCase() === "NULL") return;
  const isHere = source.name.toUpperCase() === "CLICKHOUSE";
  const local = source.pairs.filter(({ key }) => LOCAL_SOURCE.has(key.toLowerCase()));
  if (isHere && local.length === source.pairs.length) return;
  const pairs = local.flatMap(({ key, value }) =>
    "value" in value && typeof value.value === "object" && value.value.type === "string"
      ? [`${key.toUpperCase()} ${quote(value.value.value)}`]
      : [],
  );
  edits.push({ ...source.at, text: isHere ? `CLICKHOUSE(${pairs.join(" ")})` : "NULL()" });
  limits.push(
    isHere
      ? "dictionaries over ClickHouse: read from this server, whatever host they name"
      : `a dictionary's source ${source.name.toUpperCase()}: an empty one stands for it`,
  );
}

function isRange(value: unknown): value is Range {
  return typeof value === "object" && value !== null && typeof (value as TreeNode)["start"] === "number";
}

function apply(parsed: ParsedStatement, edits: readonly Edit[]): string {
  let { text } = parsed;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start - parsed.at.start) + replacement + text.slice(end - parsed.at.start);
  }
  return text;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
