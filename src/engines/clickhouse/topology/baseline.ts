import type { HostCatalogue, Topology } from "../../../model/clickhouse/topology.ts";
import { listed } from "../../../text/listed.ts";
import { inOrderOfUse } from "../introspect/statements.ts";
import { normalisedCreate } from "./definition.ts";

export interface Baseline {
  /** CREATE statements in an order in which a server takes them. */
  readonly sql: string;
  readonly objects: number;
  /** What is not the same on every host, or not complete. */
  readonly notes: readonly string[];
}

/** Every object of the cluster once, as the first host that holds it answers SHOW CREATE. */
export function baselineOf(topology: Topology, catalogues: ReadonlyMap<string, HostCatalogue>): Baseline {
  const notes: string[] = [];
  const databases = new Set<string>();
  const functions = new Map<string, string>();
  const tables = new Map<string, { readonly create: string; readonly text: string; readonly host: string }>();
  const otherwise = new Map<string, string[]>();
  const hidden = new Set<string>();
  for (const { name: host, macros } of topology.hosts) {
    const catalogue = catalogues.get(host);
    if (catalogue === undefined) continue;
    for (const { name } of catalogue.databases) databases.add(name);
    for (const { name, create } of catalogue.functions) functions.set(name, functions.get(name) ?? create);
    for (const table of catalogue.tables) {
      if (table.table.startsWith(".inner") || table.create.trim() === "") continue;
      if (table.hidesSecrets) hidden.add(table.name);
      const text = normalisedCreate(table.create, macros);
      const first = tables.get(table.name);
      if (first === undefined) tables.set(table.name, { create: withoutUuid(table.create), text, host });
      else if (first.text !== text) otherwise.set(table.name, [...(otherwise.get(table.name) ?? []), host]);
    }
  }
  for (const [name, hosts] of otherwise)
    notes.push(
      `${name} is defined otherwise on ${listed(hosts)} than on ${tables.get(name)?.host ?? "?"}, whose definition was taken (\`tread cluster drift\`)`,
    );
  if (hidden.size > 0) notes.push(`passwords in ${listed([...hidden])} are hidden: nothing can be made anew from these statements`);
  const statements = [
    ...[...databases].filter((name) => name !== "default").map((name) => `CREATE DATABASE IF NOT EXISTS ${quoted(name)}`),
    ...functions.values(),
    ...inOrderOfUse([...tables.values()].map(({ create }) => create)),
  ];
  return { sql: statements.map((sql) => `${sql};\n`).join("\n"), objects: tables.size + functions.size, notes };
}

function withoutUuid(create: string): string {
  return create.replace(/\s+(?:TO INNER UUID|INNER UUID|UUID)\s+'[0-9a-f-]{36}'/gi, "");
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
