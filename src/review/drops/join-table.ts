import type { Relation } from "../../model/schema.ts";

/** By shape, as an ORM makes it: two columns that point at two rows, with or without a key of its own. */
export function isJoinTable(table: Relation): boolean {
  if (table.kind !== "table") return false;
  const key = table.constraints.find((constraint) => constraint.kind === "primary-key" && constraint.columns.length === 1)?.columns[0];
  const links = table.columns.filter((column) => column.name !== key).map((column) => column.name);
  if (links.length !== 2) return false;
  return links.every((link) =>
    table.constraints.some(({ kind, columns }) => kind === "foreign-key" && columns.length === 1 && columns[0] === link),
  );
}
