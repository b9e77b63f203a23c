import type { SchemaState } from "../../../model/schema.ts";
import type { PostgresEngine } from "../engine.ts";
import { objectItems } from "./ddl-objects.ts";
import { tableItems } from "./ddl-tables.ts";
import { foldSchema } from "./fold-schema.ts";
import { inOrder } from "./order.ts";
import { patched } from "./patch.ts";
import { readCatalogue } from "./read-catalogue.ts";
import type { Catalogue } from "./rows.ts";
import { searchPathOf } from "./search-path.ts";
import type { ReadOnlySession } from "./session.ts";

/** The schema of a live database. */
export interface LiveSchema {
  /** As SQL that makes it anew: `pg_dump --schema-only` without owners and grants. */
  readonly sql: string;
  readonly state: SchemaState;
  /** What the catalogue holds and this does not: counted and named. */
  readonly notes: readonly string[];
}

/**
 * Reads the schema of a live database from its catalogue, in one read-only transaction. It is written as SQL and folded like any other
 * schema, so that whatever is read of a migration is read of a live database in the same way; what SQL cannot say (an index that
 * is not valid, names that an extension brings) is put on top.
 *
 * Needs no privilege but CONNECT: Postgres shows the catalogue to everybody.
 * @throws DatabaseTrouble
 */
export async function introspect(session: ReadOnlySession, engine: PostgresEngine): Promise<LiveSchema> {
  const [catalogue, path] = await session.read(async (query) => [await readCatalogue(query), await searchPathOf(query)] as const);
  const sql = schemaSql(catalogue);
  const { state, unread } = foldSchema(engine, sql, session.shown);
  const notes = unread.map(({ message }) => `a definition of the catalogue was not understood: ${message}`);
  return { sql, state: { ...patched(state, catalogue), session: { ...state.session, ...path } }, notes: [...notes, ...leftOut(catalogue)] };
}

function schemaSql(catalogue: Catalogue): string {
  const owners = new Map(catalogue.owners.map((row) => [`${row.class}:${row.oid}`, `${row.owner_class}:${row.owner}`]));
  const whole = (key: string): string => {
    let at = key;
    for (let step = 0; step < 4; step++) at = owners.get(at) ?? at;
    return at;
  };
  const needed = new Map<string, Set<string>>();
  for (const row of catalogue.dependencies) {
    const [from, to] = [whole(bare(row.class, row.oid)), whole(bare(row.needs_class, row.needs))];
    if (from === to) continue;
    const known = needed.get(from);
    if (known === undefined) needed.set(from, new Set([to]));
    else known.add(to);
  }
  const needs = (key: string): readonly string[] => [...(needed.get(key) ?? [])];
  const items = inOrder([...objectItems(catalogue, needs), ...tableItems(catalogue, needs)]);
  return `SET check_function_bodies = false;\nSELECT pg_catalog.set_config('search_path', '', false);\n\n${items.map((item) => item.sql).join("\n\n")}\n`;
}

/** `pg_catalog.pg_class` and `pg_class` are the same catalogue. */
function bare(catalogue: string, oid: string): string {
  return `${catalogue.replace(/^pg_catalog\./, "")}:${oid}`;
}

function leftOut(catalogue: Catalogue): string[] {
  const notes = catalogue.notRead.map(
    ({ kind, count }) =>
      `${count} ${kind}${count === "1" ? "" : kind.endsWith("s") ? "es" : "s"} of the database ${count === "1" ? "is" : "are"} not read`,
  );
  const base = catalogue.types.filter((type) => type.kind === "b" || type.kind === "p").length;
  if (base > 0) notes.push(`${base} type${base === 1 ? "" : "s"} made of C functions ${base === 1 ? "is" : "are"} known by name only`);
  return notes;
}
