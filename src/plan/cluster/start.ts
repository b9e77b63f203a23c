import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { inOrderOfUse } from "../../engines/clickhouse/introspect/statements.ts";
import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { CatalogueTable, HostCatalogue } from "../../model/clickhouse/topology.ts";
import type { Migration } from "../../model/migration.ts";
import { wholeSpan } from "../../text/span.ts";

/** What any host holds and the migrations may be about, each name once: to read them against. */
export function stateOf(
  engine: ClickHouseEngine,
  catalogues: readonly HostCatalogue[],
  database: string,
  migrations: readonly Migration[],
  named: string,
): ClickHouseState {
  const creates = new Map<string, string>();
  const wanted = concerned(catalogues, migrations, named);
  for (const { tables } of catalogues)
    for (const { name, create } of tables) if (create !== "" && wanted.has(name) && !creates.has(name)) creates.set(name, create);
  const sql = inOrderOfUse([...creates.values()])
    .map((one) => `${one};\n`)
    .join("");
  let state = emptyClickHouseState({ complete: false });
  const databases = new Set(catalogues.flatMap((one) => one.databases.map(({ name }) => name)));
  const script = `${[...databases]
    .filter((name) => name !== "default")
    .map((name) => `CREATE DATABASE IF NOT EXISTS \`${name}\`;\n`)
    .join("")}${sql}`;
  const step = {
    kind: "sql",
    sql: script,
    span: wholeSpan("catalogue", script),
    verbatim: false,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    if (raw.tree === null) continue;
    for (const change of engine.changes(raw, state, { database })) state = applyClickHouse(change, state, { migration: null });
  }
  return withFreshSession(state);
}

/** Tables whose names stand in the migrations, and those that rows go to or come from: parsing all 300 of a host would take a second. */
function concerned(catalogues: readonly HostCatalogue[], migrations: readonly Migration[], named: string): ReadonlySet<string> {
  const words = new Set(
    migrations.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "sql" ? (step.sql.match(/\w+/g) ?? []) : []))),
  ).add(named.slice(named.indexOf(".") + 1));
  const all = new Map<string, CatalogueTable>();
  for (const { tables } of catalogues) for (const table of tables) if (!all.has(table.name)) all.set(table.name, table);
  const wanted = new Set([...all.values()].flatMap(({ name, table }) => (words.has(table) ? [name] : [])));
  for (let before = -1; before < wanted.size;) {
    before = wanted.size;
    for (const table of all.values()) {
      const next = [table.distributed?.over ?? null, table.target].filter((name) => name !== null);
      if (wanted.has(table.name)) for (const name of next) wanted.add(name);
      else if (next.some((name) => wanted.has(name))) wanted.add(table.name);
      else if (
        (table.kind === "forwarding" || table.kind === "dictionary") &&
        [...wanted].some((name) => table.create.includes(name.slice(name.indexOf(".") + 1)))
      )
        wanted.add(table.name);
    }
  }
  return wanted;
}
