import type { Drift } from "../../../../model/clickhouse/drift.ts";
import type { ClickHouseState, ClickHouseTable } from "../../../../model/clickhouse/schema.ts";
import { listed } from "../../../../text/listed.ts";
import { definitionDifferences } from "../definition.ts";
import { hostNames } from "./between-hosts.ts";
import { isInner, type Held, type HeldHost } from "./held.ts";

/** What tools keep their own books in; no migration makes them. */
const BOOKS =
  /\.(?:schema_migrations|goose_db_version|_migrations|atlas_schema_revisions|infi_clickhouse_orm_migrations(?:_distributed)?|tread_\w+)$/;

/**
 * The hosts against the schema that the applied migrations lead to.
 * @param expected its tables are those of the repository; databases that it does not know are nobody's business here
 */
export function againstRepository(all: Held, expected: ClickHouseState): readonly Drift[] {
  const drifts: Drift[] = [];
  const databases = new Set([...expected.tables.values()].map(({ database }) => database));
  for (const table of expected.tables.values()) {
    const holders = all.hosts.filter(({ tables }) => tables.has(table.name));
    if (holders.length === 0) {
      drifts.push({
        kind: "repository",
        hosts: [],
        object: table.name,
        message: `${table.name} is in the migrations and on no host that was read`,
        details: [],
        help: "was its migration applied here? --applied-through ID says up to where",
      });
      continue;
    }
    drifts.push(...against(table, holders, all));
  }
  const extra = new Map<string, HeldHost[]>();
  for (const one of all.hosts)
    for (const { name, database } of one.tables.values())
      if (databases.has(database) && !expected.tables.has(name) && !isInner(name) && !BOOKS.test(name))
        extra.set(name, [...(extra.get(name) ?? []), one]);
  const declared = new Set(all.topology.declared.map(({ name }) => name));
  for (const [name, holders] of extra)
    if (!declared.has(name))
      drifts.push({
        kind: "not-in-repository",
        hosts: hostNames(holders),
        object: name,
        message: `${name} is on ${listed(hostNames(holders))} and in no migration`,
        details: [],
        help: "write the migration that makes it, or list it under `tables` of the cluster file",
      });
  return drifts;
}

function against(table: ClickHouseTable, holders: readonly HeldHost[], { topology }: Held): readonly Drift[] {
  const only = new Set(topology.declared.find(({ name }) => name === table.name)?.columnsOnlyHere ?? []);
  // The same answer of several hosts is one difference.
  const byLines = new Map<string, { lines: readonly string[]; hosts: HeldHost[] }>();
  for (const holder of holders) {
    const own = holder.state.tables.get(table.name);
    const lines =
      own === undefined
        ? ["its definition on the host could not be read"]
        : definitionDifferences(
            withMacros(table, holder),
            withMacros(withoutColumns(own, only), holder),
            { a: "in the migrations", b: "on the host" },
            false,
          );
    if (lines.length === 0) continue;
    const key = lines.join("\n");
    byLines.set(key, { lines, hosts: [...(byLines.get(key)?.hosts ?? []), holder] });
  }
  return [...byLines.values()].map(({ lines, hosts }) => ({
    kind: "repository" as const,
    hosts: hostNames(hosts),
    object: table.name,
    message: `${table.name} on ${listed(hostNames(hosts))} is not what the migrations make`,
    details: lines,
    help: "a migration that was not applied there, or a change by hand: columns that belong to this environment only stand under `columnsOnlyHere` of the cluster file",
  }));
}

function withoutColumns(table: ClickHouseTable, names: ReadonlySet<string>): ClickHouseTable {
  return names.size === 0 ? table : { ...table, columns: table.columns.filter(({ name }) => !names.has(name)) };
}

/** Where a Distributed table leads may be said with a macro in the one and without in the other. */
function withMacros(table: ClickHouseTable, { host }: HeldHost): ClickHouseTable {
  const { forwards } = table;
  if (forwards === null || forwards.table === null) return table;
  return {
    ...table,
    forwards: { ...forwards, table: forwards.table.replace(/\{(\w+)\}/g, (whole, name: string) => host.macros[name] ?? whole) },
  };
}
