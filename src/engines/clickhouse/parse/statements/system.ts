import type { ObjectName, Setting, System } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readNameOrString, readNameParts, readObjectName, readOnCluster, readString } from "../names.ts";
import { readStrictList } from "../settings.ts";
import { takeBalanced } from "./rest.ts";

/** What a command takes: a table that must or may be named, a target of another sort, nothing but a cluster, or more than is read here. */
type Shape = "table" | "maybe-table" | "views" | "target" | "cluster" | "logs" | "free";

const groups: readonly (readonly [Shape, string])[] = [
  [
    "table",
    "RELOAD DICTIONARY|RESTART REPLICA|RESTORE REPLICA|SYNC REPLICA|WAIT LOADING PARTS|PREWARM MARK CACHE|PREWARM PRIMARY INDEX CACHE|" +
      "FLUSH DISTRIBUTED|REFRESH VIEW|WAIT VIEW|START VIEW|START REPLICATED VIEW|STOP VIEW|STOP REPLICATED VIEW|PAUSE VIEW|CANCEL VIEW|" +
      "STOP|START|PAUSE|CANCEL|REFRESH",
  ],
  [
    "maybe-table",
    "STOP MERGES|START MERGES|STOP TTL MERGES|START TTL MERGES|STOP FETCHES|START FETCHES|STOP MOVES|START MOVES|STOP REPLICATED SENDS|" +
      "START REPLICATED SENDS|STOP REPLICATION QUEUES|START REPLICATION QUEUES|STOP DISTRIBUTED SENDS|START DISTRIBUTED SENDS|" +
      "STOP PULLING REPLICATION LOG|START PULLING REPLICATION LOG|STOP CLEANUP|START CLEANUP|SYNC MERGES|LOAD PRIMARY KEY|" +
      "UNLOAD PRIMARY KEY|STOP VIRTUAL PARTS UPDATE|START VIRTUAL PARTS UPDATE|STOP REDUCE BLOCKING PARTS|START REDUCE BLOCKING PARTS",
  ],
  [
    "views",
    "START VIEWS|STOP VIEWS|PAUSE VIEWS|FREE MEMORY|STOP ALL BACKGROUND|START ALL BACKGROUND|PAUSE ALL BACKGROUND|CANCEL ALL BACKGROUND|REFRESH ALL BACKGROUND",
  ],
  ["target", "RELOAD MODEL|RELOAD FUNCTION|RESTART DISK|CLEAR DISK METADATA CACHE|DROP DISK METADATA CACHE|WAIT BLOBS CLEANUP"],
  ["logs", "FLUSH LOGS|FLUSH ASYNC INSERT QUEUE"],
  [
    "cluster",
    "SHUTDOWN|KILL|RESTART REPLICAS|RELOAD DICTIONARIES|RELOAD MODELS|RELOAD FUNCTIONS|RELOAD EMBEDDED DICTIONARIES|RELOAD CONFIG|" +
      "RELOAD USERS|RELOAD ASYNCHRONOUS METRICS|SYNC TRANSACTION LOG|SYNC FILE CACHE|STOP REPLICATED DDL QUERIES|START REPLICATED DDL QUERIES|" +
      "START THREAD FUZZER|STOP THREAD FUZZER|JEMALLOC PURGE|JEMALLOC ENABLE PROFILE|JEMALLOC DISABLE PROFILE|JEMALLOC FLUSH PROFILE|" +
      "REPLICA READY|REPLICA UNREADY|RESET COVERAGE|RECONNECT ZOOKEEPER|RESET DDL WORKER",
  ],
  [
    "free",
    "SUSPEND|STOP LISTEN|START LISTEN|RESTORE DATABASE REPLICA|WAIT QUERY RUNNER|DROP REPLICA|DROP DATABASE REPLICA|DROP CATALOG REPLICA|" +
      "SYNC DATABASE REPLICA|UNLOAD DICTIONARY|UNLOAD DICTIONARIES|RELOAD DELTA KERNEL TRACING|FLUSH OBJECT STORAGE QUEUE|UNFREEZE|" +
      "ENABLE FAILPOINT|DISABLE FAILPOINT|ALLOCATE MEMORY|WAIT FAILPOINT|NOTIFY FAILPOINT|SYNC FILESYSTEM CACHE|SCHEDULE MERGE|" +
      "SET COVERAGE TEST|TEST VIEW|UNLOCK SNAPSHOT|INSTRUMENT ADD|INSTRUMENT REMOVE",
  ],
];

const caches =
  "DNS|CONNECTIONS|MARK|PRIMARY INDEX|UNCOMPRESSED|INDEX MARK|INDEX UNCOMPRESSED|VECTOR SIMILARITY INDEX|TEXT INDEX TOKENS|TEXT INDEX HEADER|" +
  "TEXT INDEX POSTINGS|MMAP|QUERY CONDITION|ENCRYPTION HEADERS|COMPILED EXPRESSION|ICEBERG METADATA|PAIMON METADATA|PARQUET METADATA|" +
  "POINT IN POLYGON|PAGE|AVRO SCHEMA|S3 CLIENT";
const cachesWithMore = "QUERY|FILESYSTEM|DISTRIBUTED|SCHEMA|FORMAT SCHEMA";

/** Every command of 26.7, as the engine lists them where it finds none. */
const commands: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...groups.flatMap(([shape, names]) => names.split("|").map((name) => [name, shape] as const)),
  ...["CLEAR", "DROP"].flatMap((verb) => [
    ...caches.split("|").map((name) => [`${verb} ${name} CACHE`, "cluster"] as const),
    ...cachesWithMore.split("|").map((name) => [`${verb} ${name} CACHE`, "free"] as const),
    [`${verb} TEXT INDEX CACHES`, "cluster"] as const,
  ]),
]);

const longest = 5;

/** Behind SYSTEM. */
export function readSystem(c: Cursor): System | null {
  let command = "";
  let shape: Shape | undefined;
  for (let count = longest; count > 0 && shape === undefined; count--) {
    const words = Array.from({ length: count }, (_, ahead) => c.wordAt(ahead));
    command = words.join(" ");
    if (words.every((word) => word !== "")) shape = commands.get(command);
    if (shape !== undefined) c.index += count;
  }
  if (shape === undefined) {
    c.expect("a command of SYSTEM");
    return null;
  }
  const before = readOnCluster(c);
  if (before === undefined) return shape === "free" && takeBalanced(c) ? { kind: "system", command, table: null, onCluster: null } : null;
  if (shape === "free") return takeBalanced(c) ? { kind: "system", command, table: null, onCluster: before } : null;
  let table: ObjectName | null = null;
  if (shape === "table" || shape === "maybe-table") {
    table = c.kind === Kind.String ? readTableInString(c) : c.word === "ON" ? null : readObjectName(c);
    if (table === null && shape === "table") return null;
  } else if (shape === "target" && readNameOrString(c) === null) return null;
  else if (shape === "logs" && c.kind === Kind.Word && c.word !== "ON" && readStrictList(c, readDotted) === null) return null;
  const after = before ?? readOnCluster(c);
  if (after === undefined) return null;
  if (!readMode(c, command)) return null;
  return { kind: "system", command, table, onCluster: after };
}

function readDotted(c: Cursor): true | null {
  return readNameParts(c, false) === null ? null : true;
}

/** `SYSTEM RELOAD DICTIONARY 'db.name'` */
function readTableInString(c: Cursor): ObjectName | null {
  const string = readString(c);
  if (string === null) return null;
  const [first = "", ...rest] = string.value.split(".");
  const name = (text: string): ObjectName["name"] => ({ text, at: string.at, parameter: false });
  return rest.length === 0
    ? { database: null, name: name(first), at: string.at }
    : { database: name(first), name: name(rest.join(".")), at: string.at };
}

/** What may follow the table of some commands. */
function readMode(c: Cursor, command: string): boolean {
  if (command === "SYNC REPLICA") {
    c.keyword("IF", "EXISTS");
    if (c.keyword("STRICT") || c.keyword("PULL")) return true;
    if (!c.keyword("LIGHTWEIGHT") || !c.keyword("FROM")) return true;
    return readStrictList(c, readString) !== null;
  }
  if (command === "FLUSH DISTRIBUTED" && c.keyword("SETTINGS")) {
    const settings: readonly Setting[] | null = c.grammar.settings(c);
    return settings !== null;
  }
  return true;
}
