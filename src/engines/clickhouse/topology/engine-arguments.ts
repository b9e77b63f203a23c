import type { CatalogueDistributed, CatalogueKind } from "../../../model/clickhouse/topology.ts";

/**
 * The arguments of an engine as `engine_full` holds them, each as the server writes it: `Distributed('c', 'app', 'visit', rand())` →
 * `'c'`, `'app'`, `'visit'`, `rand()`.
 */
export function engineArguments(full: string): readonly string[] {
  const open = full.indexOf("(");
  if (open < 0 || /\s/.test(full.slice(0, open))) return [];
  const found: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < full.length; at++) {
    const character = full[at];
    if (character === "'" || character === "`" || character === '"') at = endOfQuoted(full, at);
    else if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") {
      depth--;
      if (depth === 0) {
        const last = full.slice(from, at).trim();
        if (last !== "") found.push(last);
        return found;
      }
    } else if (character === "," && depth === 1) {
      found.push(full.slice(from, at).trim());
      from = at + 1;
    }
  }
  return found;
}

function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at;
      at++;
    }
  }
  return text.length;
}

/** A string, or a name, without its quotes. */
export function unquoted(argument: string): string {
  const quote = argument[0];
  if (quote !== "'" && quote !== "`" && quote !== '"') return argument;
  return argument
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .replace(/\\([\s\S])/g, "$1");
}

/** `{shard}` → `01`. What no macro fills in stays. */
export function withMacros(text: string, macros: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => macros[name] ?? whole);
}

/** Where a Distributed table sends its rows; null for another engine. */
export function distributedOf(
  engine: string,
  full: string,
  database: string,
  macros: Readonly<Record<string, string>>,
): CatalogueDistributed | null {
  if (engine !== "Distributed") return null;
  const [cluster = "", over = "", table = "", key = ""] = engineArguments(full);
  const behind = unquoted(over) === "" || over === "currentDatabase()" ? database : unquoted(over);
  return {
    cluster: unquoted(cluster),
    clusterResolved: withMacros(unquoted(cluster), macros),
    over: `${withMacros(behind, macros)}.${withMacros(unquoted(table), macros)}`,
    shardingKey: key,
  };
}

const QUEUES = /^(?:Kafka|RabbitMQ|NATS|S3Queue|AzureQueue|FileLog)$/;
const FORWARDING = /^(?:Buffer|Merge|Alias)$/;
const LOCAL = /(?:MergeTree$|Log$)|^(?:Memory|Null|Set|Join|EmbeddedRocksDB|File|GenerateRandom|KeeperMap|TimeSeries)$/;

/** What a table is for, by its engine's name. */
export function kindOf(engine: string): CatalogueKind {
  switch (engine) {
    case "Distributed":
      return "distributed";
    case "MaterializedView":
      return "materialized-view";
    case "View":
    case "LiveView":
    case "WindowView":
      return "view";
    case "Dictionary":
      return "dictionary";
    default:
      if (QUEUES.test(engine)) return "queue";
      if (FORWARDING.test(engine)) return "forwarding";
      return LOCAL.test(engine) && engine !== "KeeperMap" ? "local" : "external";
  }
}
