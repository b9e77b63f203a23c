import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import { type Lab, quoteName, quoteText, unlessRefused } from "../engine/lab.ts";
import type { ColumnDefinition, Schema } from "../table/definition.ts";
import { quoted } from "./bench.ts";

/**
 * Makes the tables and views of the schema in the lab, all empty: the table under advice under each of its names, so that the analyzer can
 * resolve the queries.
 * @returns what could not be made, with the engine's reason
 */
export async function createReference(lab: Lab, { definition, neighbours }: Schema): Promise<string[]> {
  const failed: string[] = [];
  const databases = new Set([...definition.readAs, ...neighbours.map(({ name }) => name)].map((name) => name.slice(0, name.indexOf("."))));
  for (const database of databases) await lab.text(`CREATE DATABASE IF NOT EXISTS ${quoteName(database)}`);
  await lab.text(`USE ${quoteName(definition.database)}`);
  const args = definition.familyArgs.length > 0 ? `(${definition.familyArgs.join(", ")})` : "";
  for (const name of definition.readAs) {
    await lab.text(
      `CREATE TABLE ${quoted(name)} (${columnsOf(definition.columns)}) ENGINE = ${definition.family}${args} ORDER BY tuple() SETTINGS allow_nullable_key = 1`,
    );
  }
  // A view may stand before what it reads: views that fail are tried again until a round makes none.
  let left = [...neighbours].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === "table" ? -1 : 1));
  for (;;) {
    const again: typeof left = [];
    failed.length = 0;
    for (const neighbour of left) {
      const sql =
        neighbour.kind === "view"
          ? `CREATE VIEW ${quoted(neighbour.name)} AS ${neighbour.select ?? ""}`
          : `CREATE TABLE ${quoted(neighbour.name)} (${columnsOf(neighbour.columns)}) ENGINE = MergeTree ORDER BY tuple()`;
      const made = await unlessRefused(lab.text(sql));
      if (!(made instanceof ClickHouseError)) continue;
      again.push(neighbour);
      failed.push(`${neighbour.name}: ${made.message.replace(/\s+/g, " ").slice(0, 200)}`);
    }
    if (again.length === 0 || again.length === left.length) return failed;
    left = again;
  }
}

export async function dropReference(lab: Lab, { definition }: Schema): Promise<void> {
  for (const name of definition.readAs) await lab.text(`DROP TABLE IF EXISTS ${quoted(name)} SYNC`);
}

function columnsOf(columns: readonly ColumnDefinition[]): string {
  return columns
    .flatMap((column) => {
      const start = `${quoteName(column.name)} ${column.type}`;
      if (column.kind === "ephemeral") return [];
      return [
        column.kind === "alias" ? `${start} ALIAS ${column.expression ?? `defaultValueOfTypeName(${quoteText(column.type)})`}` : start,
      ];
    })
    .join(", ");
}
