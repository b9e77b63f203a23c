import type { VersionBreak } from "../model/judged.ts";
import type { LiveVersion, Query } from "../model/query.ts";
import { bareName, type SchemaState } from "../model/schema.ts";

/**
 * Foreign keys that the models no longer know while the database still has them: a field or model that was taken out of the state
 * only. Django deletes or clears what refers to a row from Python, so the next delete of a parent leaves the forgotten rows where
 * they are, and the database refuses it at COMMIT (SQLSTATE 23503).
 * @param next the version that the migrations bring
 * @param serving what serves now: a key that none of them knows was not forgotten by this release
 */
export function leftBehindKeys(next: LiveVersion, serving: readonly LiveVersion[], end: SchemaState): readonly VersionBreak[] {
  const known = byTable(next.queries);
  const before = byTable(serving.flatMap((version) => version.queries));
  const found: VersionBreak[] = [];
  for (const [name, relation] of end.relations) {
    for (const { kind, name: constraint, columns, references } of relation.constraints) {
      const column = columns[0];
      if (kind !== "foreign-key" || references === null || column === undefined) continue;
      if (!/^(?:no action|restrict)?$/i.test(references.onDelete)) continue;
      if (columnNamed(known, bareName(name), column) !== null) continue;
      const knew = columnNamed(before, bareName(name), column);
      const parent = known.get(bareName(references.relation))?.find((query) => query.verb === "delete" && query.use === "certain");
      if (knew === null || parent === undefined || name === references.relation) continue;
      found.push({
        version: next.name,
        query: parent.sql,
        origin: parent.origin,
        span: parent.span,
        sqlstate: "23503",
        error: `update or delete on table "${bareName(references.relation)}" violates foreign key constraint "${constraint}" on table "${bareName(name)}"`,
        from: "static",
        // The links of a many-to-many field hold only those rows back that somebody linked.
        use: isJoinTable(knew) ? "latent" : "certain",
      });
    }
  }
  return found;
}

const QUOTED = /"([^"]+)"/g;

/** Queries by every name that they quote, which is how an ORM writes tables and columns. */
function byTable(queries: readonly Query[]): ReadonlyMap<string, readonly Query[]> {
  const map = new Map<string, Query[]>();
  for (const query of queries) {
    for (const name of new Set([...query.sql.matchAll(QUOTED)].map((match) => match[1] ?? ""))) {
      const list = map.get(name);
      if (list === undefined) map.set(name, [query]);
      else list.push(query);
    }
  }
  return map;
}

function columnNamed(queries: ReadonlyMap<string, readonly Query[]>, table: string, column: string): Query | null {
  return queries.get(table)?.find((query) => query.sql.includes(`"${column}"`)) ?? null;
}

/** `Dashboard.tags (dashboards/models.py:16)`: a field's own table, not a model's. */
function isJoinTable({ origin }: Query): boolean {
  return /^\w+\.\w+ \(/.test(origin);
}
