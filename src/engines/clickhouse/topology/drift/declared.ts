import type { Drift } from "../../../../model/clickhouse/drift.ts";
import type { CatalogueTable, DeclaredKind, DeclaredTable } from "../../../../model/clickhouse/topology.ts";
import { listed } from "../../../../text/listed.ts";
import type { Held } from "./held.ts";

/** The hosts against the tables of the cluster file. */
export function againstFile(all: Held): readonly Drift[] {
  return all.topology.declared.flatMap((table) => declaredDrift(table, all));
}

function declaredDrift(table: DeclaredTable, { hosts }: Held): readonly Drift[] {
  const drifts: Drift[] = [];
  const add = (names: readonly string[], message: string, help: string): void =>
    void drifts.push({ kind: "cluster-file", hosts: names, object: table.name, message, details: [], help });
  const owners = hosts.filter(({ host }) => table.roles.length === 0 || host.roles.some((role) => table.roles.includes(role)));
  const without = owners.filter(({ tables }) => !tables.has(table.name)).map(({ host }) => host.name);
  const roles = table.roles.length === 0 ? "every host" : `hosts with the role ${table.roles.join(" or ")}`;
  if (without.length > 0)
    add(without, `${table.name} belongs on ${roles} and is not on ${listed(without)}`, "make it there from SHOW CREATE of another host");
  const elsewhere = hosts.filter((one) => !owners.includes(one) && one.tables.has(table.name)).map(({ host }) => host.name);
  if (elsewhere.length > 0)
    add(
      elsewhere,
      `${table.name} belongs on ${roles} and is on ${listed(elsewhere)} too`,
      "drop it there, or name the role in the cluster file",
    );
  for (const { host, tables } of owners) {
    const own = tables.get(table.name);
    if (own === undefined) continue;
    if (!fitsKind(table.kind, own))
      add(
        [host.name],
        `${table.name} is declared as ${table.kind}, and on ${host.name} its engine is ${own.engine}`,
        "correct `kind` in the cluster file",
      );
    const lacking = table.columnsOnlyHere.filter((name) => !own.columns.some((column) => column.name === name));
    if (lacking.length > 0)
      add(
        [host.name],
        `${table.name} on ${host.name} has no ${listed(lacking)}, which \`columnsOnlyHere\` names`,
        "take it out of the cluster file",
      );
  }
  return drifts;
}

function fitsKind(kind: DeclaredKind, { kind: is }: CatalogueTable): boolean {
  switch (kind) {
    case "local":
      return is === "local" || is === "external" || is === "forwarding";
    case "read":
    case "write":
      return is === "distributed" || is === "forwarding";
    case "view":
      return is === "materialized-view" || is === "view";
    case "kafka":
      return is === "queue";
    case "dictionary":
      return is === "dictionary";
    default:
      return kind satisfies never;
  }
}
