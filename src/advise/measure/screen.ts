import { type Lab, quoteName } from "../engine/lab.ts";
import { mentions } from "../analyse/elements.ts";
import { ROWS } from "../data/rows.ts";
import type { TableDefinition } from "../table/definition.ts";

/** A part of the rows with only the columns that decide what is read: keys are built on it by the hundred. */
export interface Screen {
  /** Table with the rows, quoted. */
  readonly from: string;
  readonly rows: number;
  readonly stored: ReadonlySet<string>;
}

/**
 * Random rows, at most `most` of them, with the columns that queries filter by and that keys and partitions are made of.
 * @param needed columns that the queries' conditions and the key elements read
 */
export async function createScreen(
  lab: Lab,
  definition: TableDefinition,
  name: string,
  rows: number,
  most: number,
  needed: ReadonlySet<string>,
): Promise<Screen> {
  const stored = new Set(needed);
  const texts = [definition.partitionBy ?? "", ...definition.familyArgs, ...definition.orderBy, definition.sampleBy ?? ""];
  for (const column of definition.columns) {
    if (column.kind === "stored" && texts.some((text) => mentions(text, column.name))) stored.add(column.name);
  }
  const columns = definition.columns.filter((column) => column.kind === "stored" && stored.has(column.name));
  const list = [...columns.map((column) => quoteName(column.name)), "_tread_row"].join(", ");
  const thin = rows <= most ? "" : ` WHERE cityHash64(_tread_row, 7) % 1000000 < ${Math.round((most / rows) * 1_000_000)}`;
  const from = `tread_sample.${quoteName(name)}`;
  await lab.text(`CREATE TABLE ${from} ENGINE = MergeTree ORDER BY tuple() AS SELECT ${list} FROM ${ROWS}${thin}`);
  const kept = Number((await lab.text(`SELECT count() FROM ${from}`)).trim());
  return { from, rows: kept, stored: new Set(columns.map((column) => column.name)) };
}
