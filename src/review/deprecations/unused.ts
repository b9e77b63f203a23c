import type { LiveVersion } from "../../model/query.ts";
import { bareName, type Relation } from "../../model/schema.ts";
import { isJoinTable } from "../drops/join-table.ts";
import { keyOf, type Candidate } from "./objects.ts";
import type { Place } from "../drops/drop-place.ts";

/** Tables in which migration tools keep their books. */
const BOOKS =
  /^(?:django_migrations|_prisma_migrations|__drizzle_migrations|schema_migrations|ar_internal_metadata|flyway_schema_history|goose_db_version|atlas_schema_revisions|alembic_version|_sqlx_migrations|knex_migrations(?:_lock)?|databasechangelog(?:lock)?|gorp_migrations|spatial_ref_sys|tread_\w+)$/i;

/** Tables and columns that no version which is live somewhere uses there, nor the working tree, and that nobody marked. */
export function unusedObjects(places: readonly Place[], marked: readonly Candidate[], working: LiveVersion | null): Candidate[] {
  const known = new Set(marked.map(keyOf));
  const found = new Map<string, Candidate>();
  const declared = new Map((working?.declares ?? []).map((one) => [keyOf(one), one]));
  for (const { view, live, next, usesOf } of places) {
    // Where nothing is on record as live, everything would be unused.
    if (!live.some((version) => version.onRecord !== false && version.queries.length > 0)) continue;
    const everyone = [...live, ...next].map((version) => usesOf(version, view.start));
    const isUsed = (table: string, column: string | null): boolean =>
      everyone.some((version) => version.of(table, column).some(({ query }) => query.use === "certain"));
    for (const relation of view.start.relations.values()) {
      if (!isOwn(relation) || known.has(relation.name)) continue;
      const kind = isJoinTable(relation) ? "m2m" : "table";
      const add = (candidate: Candidate): void => {
        if (!known.has(keyOf(candidate))) found.set(keyOf(candidate), candidate);
      };
      const base = { table: relation.name, marks: [] } as const;
      if (!isUsed(relation.name, null)) {
        add({ ...base, kind, column: null, declared: declared.get(relation.name) ?? null });
        continue;
      }
      for (const { name } of relation.columns) {
        if (isKey(relation, name) || isUsed(relation.name, name)) continue;
        add({ ...base, kind: "column", column: name, declared: declared.get(`${relation.name}.${name}`) ?? null });
      }
    }
  }
  return [...found.values()];
}

function isOwn(relation: Relation): boolean {
  if (relation.kind !== "table" && relation.kind !== "partitioned-table") return false;
  return (
    relation.partitionOf === null && !BOOKS.test(bareName(relation.name)) && !/^(?:pg_catalog|information_schema)\./.test(relation.name)
  );
}

/** A row is told by its key, whoever names it. */
function isKey(relation: Relation, column: string): boolean {
  return relation.constraints.some(({ kind, columns }) => kind === "primary-key" && columns.includes(column));
}
