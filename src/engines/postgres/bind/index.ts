import type { Node, ParseResult } from "libpg-query";
import type { Query } from "../../../model/query.ts";
import type { Relation, SchemaState } from "../../../model/schema.ts";
import type { Fate } from "../engine.ts";
import { BindError, Catalogue, Unknowable, type BindContext } from "./scope.ts";
import { checkRoutine, checkType } from "./names.ts";
import { bindStatement } from "./walk.ts";
import { bindBody } from "./bodies.ts";
import { bindOther } from "./commands.ts";

interface Known {
  readonly tree: Node | null;
  readonly problem: string | null;
  fate: Fate | null;
  lookups: ReadonlyMap<string, Relation | undefined>;
  types: SchemaState["types"] | null;
  formerFunctions: SchemaState["formerFunctions"];
  functions: SchemaState["functions"] | null;
  sequences: SchemaState["sequences"] | null;
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
    entry.fate = decide(entry.tree, query, catalogue, parse);
    entry.lookups = catalogue.lookups;
    entry.types = state.types;
    entry.formerFunctions = state.formerFunctions;
    entry.functions = state.functions;
    entry.sequences = catalogue.askedSequences ? state.sequences : null;
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
    functions: null,
    sequences: null,
    fates: new WeakMap(),
  };
  known.set(key, entry);
  keys.set(query, entry);
  return entry;
}

function stillHolds(entry: Known, state: SchemaState): boolean {
  if (entry.types !== state.types || entry.formerFunctions !== state.formerFunctions || entry.lookups.size === 0) return false;
  if (entry.functions !== state.functions) return false;
  if (entry.sequences !== null && entry.sequences !== state.sequences) return false;
  for (const [name, relation] of entry.lookups) if (state.relations.get(name) !== relation) return false;
  return true;
}

function decide(tree: Node, query: Query, catalogue: Catalogue, parse: (sql: string) => ParseResult): Fate {
  try {
    const context: BindContext = {
      catalogue,
      params: query.params,
      type: (name) => checkType(name, catalogue.state),
      routine: (name) => {
        checkRoutine(name, catalogue.state);
        bindBody(name, context, parse);
      },
      write: bindOther,
    };
    bindStatement(tree, null, context);
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
