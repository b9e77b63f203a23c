export type UseKind = "read" | "write" | "delete";

/** Under which a column's uses are kept: `public.person email`. Those of a table are kept under its name. */
export function columnKey(table: string, column: string): string {
  return `${table} ${column}`;
}
