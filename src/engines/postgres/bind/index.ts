import type { Node, ParseResult, TypeName } from "libpg-query";
import type { Query } from "../../../model/query.ts";
import type { Relation, SchemaState } from "../../../model/schema.ts";
import type { Fate } from "../engine.ts";
import { BindError, Catalogue, Unknowable } from "./scope.ts";
import { bindStatement, names } from "./walk.ts";
import { bindWrite } from "./writes.ts";

interface Known {
  readonly tree: Node | null;
  readonly problem: string | null;
  fate: Fate | null;
  lookups: ReadonlyMap<string, Relation | undefined>;
  types: SchemaState["types"] | null;
  formerFunctions: SchemaState["formerFunctions"];
  /** By schema: environments and versions ask the same of the same states. */
  readonly fates: WeakMap<SchemaState, Fate>;
}

/** By text and by which values may be NULL: versions of one app send mostly the same queries. */
const known = new Map<string, Known>();
const keys = new WeakMap<Query, Known>();

/**
 * What `query` would meet in `state`: Postgres' parse analysis (does every table and column exist?) and the NOT NULLs that the
 * version's values would violate. An answer is reused while the relations it rests on are the same objects, so that a matrix of
 * thousands of queries and hundreds of steps costs only what changed.
 */
export function bindQuery(parse: (sql: string) => ParseResult, query: Query, state: SchemaState): Fate {
  const entry = entryOf(parse, query);
  if (entry.tree === null) return { kind: "unknown", reason: entry.problem ?? "it does not parse" };
  const before = entry.fates.get(state);
  if (before !== undefined) return before;
  if (entry.fate === null || !stillHolds(entry, state)) {
    const catalogue = new Catalogue(state);
    entry.fate = decide(entry.tree, query, catalogue);
    entry.lookups = catalogue.lookups;
    entry.types = state.types;
    entry.formerFunctions = state.formerFunctions;
  }
  entry.fates.set(state, entry.fate);
  return entry.fate;
}

function entryOf(parse: (sql: string) => ParseResult, query: Query): Known {
  let entry = keys.get(query);
  if (entry !== undefined) return entry;
  const key = `${query.params.map((param) => (param.null ? "0" : "1")).join("")} ${query.sql}`;
  entry = known.get(key) ?? {
    ...parsed(parse, query.sql),
    fate: null,
    lookups: new Map(),
    types: null,
    formerFunctions: undefined,
    fates: new WeakMap(),
  };
  known.set(key, entry);
  keys.set(query, entry);
  return entry;
}

function stillHolds(entry: Known, state: SchemaState): boolean {
  if (entry.types !== state.types || entry.formerFunctions !== state.formerFunctions || entry.lookups.size === 0) return false;
  for (const [name, relation] of entry.lookups) if (state.relations.get(name) !== relation) return false;
  return true;
}

function decide(tree: Node, query: Query, catalogue: Catalogue): Fate {
  try {
    bindStatement(tree, null, {
      catalogue,
      params: query.params,
      type: (name) => checkType(name, catalogue.state),
      routine: (name) => checkRoutine(name, catalogue.state),
      write: bindWrite,
    });
    return { kind: "works" };
  } catch (error) {
    if (error instanceof BindError) return { kind: "fails", sqlstate: error.sqlstate, message: error.message };
    if (error instanceof Unknowable) return { kind: "unknown", reason: error.message };
    throw error;
  }
}

function parsed(parse: (sql: string) => ParseResult, sql: string): { tree: Node | null; problem: string | null } {
  try {
    const statements = parse(sql).stmts ?? [];
    const only = statements.length === 1 ? statements[0]?.stmt : undefined;
    if (only === undefined) return { tree: null, problem: `${statements.length} statements where one query was expected` };
    return { tree: only, problem: null };
  } catch (error) {
    return { tree: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A function that the state had and no longer has. What extensions and Postgres itself bring is not listed here. */
function checkRoutine(parts: readonly string[], state: SchemaState): void {
  const gone = state.formerFunctions;
  if (gone === undefined || gone.size === 0) return;
  const candidates = parts.length > 1 ? [parts.slice(-2).join(".")] : searchPathOf(state).map((schema) => `${schema}.${parts[0] ?? ""}`);
  if (candidates.some((name) => gone.has(name)) && !candidates.some((name) => state.functions.has(name))) {
    throw new BindError("42883", `function ${parts.join(".")}() does not exist`);
  }
}

function searchPathOf(state: SchemaState): readonly string[] {
  return state.session.searchPath.length > 0 ? state.session.searchPath : ["public"];
}

/** A cast to a type of the app's own that the state had and no longer has. Built-in and extension types are not listed here. */
function checkType(name: TypeName | undefined, state: SchemaState): void {
  if (name === undefined) return;
  const parts = names(name.names);
  const [schema, bare] = parts.length > 1 ? [parts[0], parts[1]] : [undefined, parts[0]];
  const gone = state.formerTypes;
  if (gone !== undefined && bare !== undefined && schema !== "pg_catalog") {
    const candidates = schema === undefined ? searchPathOf(state).map((s) => `${s}.${bare}`) : [`${schema}.${bare}`];
    if (candidates.some((name) => gone.has(name)) && !candidates.some((name) => state.types.has(name) || state.relations.has(name))) {
      throw new BindError("42704", `type "${schema === undefined ? bare : `${schema}.${bare}`}" does not exist`);
    }
  }
  // Without a list of every extension's types, an unqualified name may be built in; a qualified one outside of pg_catalog is the app's.
  if (schema === undefined || schema === "pg_catalog" || bare === undefined || !state.complete) return;
  if (state.types.has(`${schema}.${bare}`) || state.relations.has(`${schema}.${bare}`)) return;
  if (state.extensions.size > 0) throw new Unknowable(`the type ${schema}.${bare} may come from an extension`);
  throw new BindError("42704", `type "${schema}.${bare}" does not exist`);
}
