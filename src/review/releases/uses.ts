import type { Fate } from "../../engines/postgres/engine.ts";
import { apply, viewsOn } from "../../model/apply/index.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import { bareName, type SchemaState } from "../../model/schema.ts";
import { wholeSpan } from "../../text/span.ts";
import type { VersionUse } from "./staged.ts";

/** What is to go: whole relations, or columns of one. */
export interface Going {
  /** Qualified. */
  readonly tables: readonly string[];
  /** Empty: the relations themselves. */
  readonly columns: readonly string[];
}

type Use = VersionUse["use"];
type Bind = (query: Query, state: SchemaState) => Fate;

/** The drop is only thought of: it stands in no file. */
const NOWHERE = wholeSpan("", "");

const RANK: readonly Use[] = ["none", "dynamic", "latent", "certain"];

/**
 * How a version uses something, by holding each of its queries against the schema with and without it. Where that does not tell (the
 * query fails already, or could not be read) a query that contains the names counts. `SELECT *` reads every column though it goes on
 * working: what the code does with the row cannot be seen, so it counts as `dynamic`.
 * @param state a schema that has it
 */
export function useOf(bind: Bind, version: LiveVersion, going: Going, state: SchemaState): Use {
  const without = removed(going, state);
  const names = going.tables.flatMap((table) => [table, ...viewsOn(state, table).map(({ name }) => name)]).map(bareName);
  let worst: Use = version.dynamic.some(({ tables }) => tables.length === 0 || going.tables.some((table) => tables.includes(table)))
    ? "dynamic"
    : "none";
  for (const query of version.queries) {
    if (worst === "certain") break;
    // A query that names neither the table nor a view of it does not use it: most are never bound.
    if (!names.some((name) => contains(query.sql, name))) continue;
    const use = useOfQuery(bind, query, going, state, without);
    if (RANK.indexOf(use) > RANK.indexOf(worst)) worst = use;
  }
  return worst;
}

function useOfQuery(bind: Bind, query: Query, { columns }: Going, state: SchemaState, without: SchemaState): Use {
  const [before, after] = [bind(query, state), bind(query, without)];
  if (before.kind === "works" && after.kind === "fails") return query.use;
  const namesIt = columns.length === 0 || columns.some((column) => contains(query.sql, column));
  if (before.kind === "works" && after.kind === "works") return columns.length > 0 && takesAll(query.sql) ? "dynamic" : "none";
  if (before.kind === "fails") return namesIt ? query.use : columns.length > 0 && takesAll(query.sql) ? "dynamic" : "none";
  return namesIt || takesAll(query.sql) ? "dynamic" : "none";
}

function removed({ tables, columns }: Going, state: SchemaState): SchemaState {
  const origin = { migration: null };
  let without = state;
  for (const table of tables) {
    const relation = state.relations.get(table);
    if (columns.length === 0)
      without = apply(
        { kind: "drop-relation", name: table, relationKind: relation?.kind ?? "table", ifExists: true, cascade: true, span: NOWHERE },
        without,
        origin,
      );
    for (const column of columns)
      without = apply({ kind: "drop-column", table, column, ifExists: true, cascade: true, span: NOWHERE }, without, origin);
  }
  return without;
}

/** As a word: `email` is in `"email"` and `t.email`, not in `email_hash`. */
function contains(sql: string, name: string): boolean {
  return new RegExp(String.raw`(?<![\w$])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w$])`, "i").test(sql);
}

/** `SELECT *`, `p.*`, `RETURNING *`; not `count(*)`. */
function takesAll(sql: string): boolean {
  return /(?:\b(?:select|distinct|all|returning)\s+|,\s*)(?:[\w$"]+\s*\.\s*){0,2}\*/i.test(sql) || /[\w$"]\.\*/.test(sql);
}
