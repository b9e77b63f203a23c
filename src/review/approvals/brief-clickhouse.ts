import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import { silentOf } from "../../model/clickhouse/effects.ts";
import type { ClickHouseExpression, ClickHouseState, ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { Environment } from "../../model/environment.ts";
import type { LiveVersion } from "../../model/query.ts";
import { counted, grouped } from "../../text/numbers.ts";
import type { BriefSection } from "./brief.ts";

/** The statements of one migration as the ClickHouse of an environment would meet them. */
export interface ClickHousePart {
  readonly environment: Environment;
  readonly version: string;
  readonly statements: readonly ClickHouseJudged[];
  readonly versions: readonly LiveVersion[];
  /** What is asked of each table, by name; null where no workload is known. */
  readonly workload: ReadonlyMap<
    string,
    readonly { readonly name: string; readonly filters: readonly string[]; readonly frequency: string | null }[]
  > | null;
  /** Tables that a change is about. */
  readonly tablesOf: (statement: ClickHouseJudged) => readonly string[];
}

/** How many queries a table's key is held against in words. */
const QUERIES_SHOWN = 8;

/** For ClickHouse: the sorting key against the workload, what is sharded and distributed in which order, mutations and bytes. */
export function clickhouseSections(parts: readonly ClickHousePart[]): readonly BriefSection[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [keys(first), topology(first), rewritten(parts), wayBack(first)];
}

function keys(part: ClickHousePart): BriefSection {
  const tables = tablesIn(part).filter(({ orderBy }) => orderBy !== null);
  const lines = tables.flatMap((table) => {
    const key = (table.orderBy ?? []).map(({ expression }) => expression.sql);
    const before = part.statements[0]?.before.tables.get(table.name)?.orderBy?.map(({ expression }) => expression.sql);
    const changed = before !== undefined && before.join() !== key.join();
    return [
      `${table.name}: ORDER BY (${key.join(", ")})${changed ? `, before (${before.join(", ")})` : ""}`,
      ...(table.primaryKey === null ? [] : [`  PRIMARY KEY (${table.primaryKey.map(({ expression }) => expression.sql).join(", ")})`]),
      ...queriesOn(
        part,
        table,
        (table.orderBy ?? []).map(({ expression }) => expression),
      ),
    ];
  });
  return { title: "Sorting key against the workload", lines: lines.length === 0 ? ["no table with a sorting key is touched"] : lines };
}

/** A condition on the first column of the key skips whole granules; one on a later column only inside of equal values of those before. */
function queriesOn(
  { workload, versions, statements }: ClickHousePart,
  table: ClickHouseTable,
  key: readonly ClickHouseExpression[],
): readonly string[] {
  // Whoever reads a sharded table asks the Distributed one in front of it.
  const fronts = [...(statements.at(-1)?.after.tables.values() ?? [])].filter(({ forwards }) => forwards?.table === table.name);
  const asIt = [table, ...fronts];
  const known = asIt.flatMap(({ name }) => workload?.get(name) ?? []);
  if (known.length > 0) {
    return known.slice(0, QUERIES_SHOWN).map(({ name, filters, frequency }) => {
      // A condition on `timestamp` goes through `toDate(timestamp)`, which keeps its order.
      const at = key.findIndex(
        ({ sql, columns }) => !filters.some((filter) => filter === sql || filter.includes(sql) || columns.includes(filter)),
      );
      const used = at === -1 ? key.length : at;
      const verdict =
        key.length === 0 || used === 0
          ? "the key does not help: every part is read"
          : `the key helps with its first ${used} of ${key.length}`;
      return `  ${name}${frequency === null ? "" : ` (${frequency})`}: filters ${filters.length === 0 ? "nothing" : filters.join(", ")}; ${verdict}`;
    });
  }
  const asked = versions.flatMap(({ name, queries }) =>
    queries.filter(({ sql }) => asIt.some((one) => mentions(sql, one))).map((query) => `${name}: ${query.origin}: ${oneLine(query.sql)}`),
  );
  if (asked.length === 0) return ["  no query on it is known: give `workload:` or a query_log export, and measure with `tread advise`"];
  return [
    ...asked.slice(0, QUERIES_SHOWN).map((line) => `  ${line}`),
    `  how often each runs is not known: \`tread advise ${table.name}\` measures keys against a workload`,
  ];
}

function topology(part: ClickHousePart): BriefSection {
  const state = part.statements.at(-1)?.after;
  if (state === undefined) return { title: "Sharded and distributed, in order", lines: ["nothing"] };
  const named = new Set(tablesIn(part).map(({ name }) => name));
  const order = part.statements.flatMap((judged) => {
    const tables = part.tablesOf(judged);
    if (tables.length === 0) return [`${judged.statement.index + 1}. ${oneLine(judged.statement.sql)}`];
    return tables.map((name) => `${judged.statement.index + 1}. ${name}: ${roleOf(lookUp(judged, name))}${clusterOf(judged)}`);
  });
  const beside = [...state.tables.values()].filter((table) => !named.has(table.name) && dependsOn(table, named));
  return {
    title: "Sharded and distributed, in order",
    lines: [
      ...order,
      ...beside.map((table) => `not changed, and depends on what is: ${table.name}: ${roleOf(table)}`),
      "which hosts hold which table is told by the cluster file, if there is one; ALTER on a replicated table runs once per shard, on every shard",
    ],
  };
}

function rewritten(parts: readonly ClickHousePart[]): BriefSection {
  const lines = parts.flatMap(({ environment, version, statements }) => [
    `${environment.name} (ClickHouse ${version}):`,
    ...statements.map(({ statement, predicted }) => {
      if (predicted === null)
        return `  ${statement.index + 1}. not understood: ${statement.opaque ?? statement.syntaxError?.message ?? "code"}`;
      const { parts: count, bytesWritten, columns, blocks, error } = predicted;
      const size = [
        count === null ? "parts unknown" : counted(count, "part"),
        bytesWritten === null ? "bytes unknown" : `${grouped(Math.round(bytesWritten / 1e6))} MB written per replica`,
      ];
      const silent = silentOf(predicted).map(
        ({ kind, what, decidedBy }) =>
          `; SILENT ${kind}${what === undefined ? "" : `: ${what}`}${decidedBy === null ? "" : ` (decided by: ${oneLine(decidedBy)})`}`,
      );
      return `  ${statement.index + 1}. ${predicted.class}${predicted.class === "metadata" ? "" : `: ${size.join(", ")}`}${columns.length === 0 ? "" : `; columns ${columns.join(", ")}`}${blocks === "none" ? "" : `; blocks ${blocks}`}${error === null ? "" : `; refused: code ${error.code}: ${error.message}`}${silent.join("")}`;
    }),
  ]);
  return { title: "Mutations and bytes rewritten (predicted)", lines };
}

function wayBack({ statements }: ClickHousePart): BriefSection {
  const lost = statements.filter(({ statement }) =>
    statement.changes.some(({ kind }) =>
      /^(drop-table|drop-column|drop-database|truncate|clear-column|alter-delete|lightweight-delete)/.test(kind),
    ),
  );
  const lines = lost.map(
    ({ statement }) => `statement ${statement.index + 1} takes rows or values away for good: ${oneLine(statement.sql)}`,
  );
  return {
    title: "Way back",
    lines: [...lines, "there are no transactions: what ran stays when a later statement fails, on this host and not on the others"],
  };
}

function tablesIn({ statements, tablesOf }: ClickHousePart): readonly ClickHouseTable[] {
  const found = new Map<string, ClickHouseTable>();
  for (const judged of statements)
    for (const name of tablesOf(judged)) {
      const table = judged.after.tables.get(name) ?? judged.before.tables.get(name);
      if (table !== undefined) found.set(name, table);
    }
  return [...found.values()];
}

function lookUp(
  { before, after }: { readonly before: ClickHouseState; readonly after: ClickHouseState },
  name: string,
): ClickHouseTable | undefined {
  return after.tables.get(name) ?? before.tables.get(name);
}

function roleOf(table: ClickHouseTable | undefined): string {
  if (table === undefined) return "a table that was not shown to tread";
  const { forwards, kind, engine, target } = table;
  if (forwards?.kind === "distributed")
    return `Distributed over ${forwards.cluster ?? "a cluster that cannot be told"}, to ${forwards.table ?? "a table that cannot be told"}`;
  if (forwards !== null) return `${forwards.kind} in front of ${forwards.table ?? "several tables"}`;
  if (kind === "materialized-view" || kind === "refreshable-view")
    return `${kind.replace("-", " ")}${target === null ? ", with rows of its own" : ` into ${target}`}`;
  if (engine === null) return kind;
  return `${engine.name}${engine.replicated ? ", local on every shard and replicated within it" : ", local"}`;
}

function dependsOn(table: ClickHouseTable, names: ReadonlySet<string>): boolean {
  const { forwards, select, target } = table;
  if (forwards?.table != null && names.has(forwards.table)) return true;
  if (target !== null && names.has(target)) return true;
  return select?.reads.some(({ table: read }) => names.has(read)) ?? false;
}

function clusterOf({ statement }: ClickHouseJudged): string {
  const cluster = statement.changes.find((change) => change.cluster !== null)?.cluster;
  return cluster == null ? "" : ` (ON CLUSTER ${cluster})`;
}

function mentions(sql: string, { table }: ClickHouseTable): boolean {
  return new RegExp(String.raw`(?<![\w$])${table.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w$])`).test(sql);
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
