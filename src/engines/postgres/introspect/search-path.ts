import type { Session } from "../../../model/schema.ts";
import { splitPath } from "../changes/session.ts";
import type { Query } from "./session.ts";

/**
 * Where this role's unqualified names are looked for and made in this database: `ALTER ROLE … SET search_path`, `ALTER DATABASE … SET` and
 * the URL's own `options` are what a migration's session begins with. Schemas that are not there are left out, as the server leaves them
 * out. (`reset_val`, because the session that reads has an empty path of its own.)
 */
export async function searchPathOf(query: Query): Promise<Pick<Session, "searchPath" | "defaultSearchPath">> {
  const [row] = await query<{ readonly path: string | null; readonly role: string; readonly schemas: readonly string[] }>(
    `SELECT (SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path') AS path, current_user::text AS role,
            (SELECT pg_catalog.array_agg(nspname::text) FROM pg_catalog.pg_namespace) AS schemas`,
  );
  if (row === undefined || row.path === null) return { searchPath: ["public"] };
  const there = new Set(row.schemas);
  const path = splitPath(row.path)
    .map((name) => (name === "$user" ? row.role : name))
    .filter((name) => there.has(name));
  return { searchPath: path, defaultSearchPath: path };
}
