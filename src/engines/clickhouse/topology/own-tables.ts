/**
 * Whether a table is tread's own record or lock on a host (`tread.walk`, `tread.walk_plans`, `tread.walk_lock`, `tread.walker_<n>`): no
 * part of the project's schema, and different on every host by design.
 */
export function isOwnTable({ database, table }: { readonly database: string; readonly table: string }): boolean {
  return database === "tread" && /^(?:walk|walk_plans|walk_lock|walker_\d+)$/.test(table);
}
