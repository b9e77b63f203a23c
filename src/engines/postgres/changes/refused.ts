import type { EngineError } from "../../../model/effects.ts";
import { BindError, Catalogue, childScope, Unknowable, type BindContext } from "../bind/scope.ts";
import { bindExpression, bindFrom, bindStatement } from "../bind/walk.ts";
import { checkNamedRelation, checkRoutine, checkType } from "../bind/names.ts";
import { bindWrite } from "../bind/writes.ts";
import type { CreateStmt, TypeName } from "libpg-query";
import { all, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { isKnownType, readType } from "./types.ts";

/**
 * What Postgres' parse analysis would refuse in a query: a column, an alias or a function that does not exist. Null when nothing, or
 * when the schema is not known well enough. Inside of a function's body a name may be a variable, so that nothing is said there.
 */
export function refusedQuery(node: Node | undefined, context: Context): EngineError | null {
  if (node === undefined || context.depth > 0 || !context.state.complete) return null;
  return attempt(() => void bindStatement(node, null, bindContext(context)));
}

/** As above, for expressions over these FROM items (a policy's condition). */
export function refusedExpression(nodes: readonly Node[], from: readonly Node[], context: Context): EngineError | null {
  if (nodes.length === 0 || context.depth > 0 || !context.state.complete) return null;
  return attempt(() => {
    const bind = bindContext(context);
    const scope = childScope(null);
    for (const item of from) bindFrom(item, scope, bind);
    bindExpression(nodes, scope, bind);
  });
}

/**
 * The body of a function in SQL: its arguments may be named like columns, and `p.name` may be a field of the argument `p`, hence only
 * tables of a FROM are certain to be missing.
 */
export function refusedBody(nodes: readonly Node[], hasArguments: boolean, context: Context): EngineError | null {
  if (!context.state.complete || context.depth > 0) return null;
  for (const node of nodes) {
    const refused = attempt(() => void bindStatement(node, null, bindContext(context)));
    const mayBeArgument = refused?.sqlstate === "42703" || refused?.message.startsWith("missing FROM-clause entry") === true;
    if (refused !== null && !(hasArguments && mayBeArgument)) return refused;
  }
  return null;
}

function bindContext(context: Context): BindContext {
  return {
    catalogue: new Catalogue(context.state, true),
    params: [],
    type: (name) => {
      checkType(name, context.state);
      const missing = refusedTypes([{ TypeName: name }], context);
      if (missing !== null) throw new BindError(missing.sqlstate, missing.message);
    },
    routine: (name) => checkRoutine(name, context.state),
    write: bindWrite,
  };
}

function attempt(act: () => void): EngineError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof BindError) return { sqlstate: error.sqlstate, message: error.message };
    if (error instanceof Unknowable) return null;
    throw error;
  }
}

/** A column named twice, a composite or a type that does not exist. */
export function refusedTable(node: CreateStmt, context: Context): EngineError | null {
  const names = all(node.tableElts, "ColumnDef").map((column) => column.colname ?? "");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { sqlstate: "42701", message: `column "${twice}" specified more than once` };
  const keys = all(node.tableElts, "Constraint").concat(all(node.tableElts, "ColumnDef").flatMap((c) => all(c.constraints, "Constraint")));
  if (keys.filter((key) => key.contype === "CONSTR_PRIMARY").length > 1)
    return { sqlstate: "42P16", message: `multiple primary keys for table "${node.relation?.relname ?? ""}" are not allowed` };
  return refusedTypes([node.tableElts, { TypeName: node.ofTypename }], context);
}

/** CREATE FOREIGN TABLE and its like need their server. */
export function refusedServer(name: string | undefined, context: Context): EngineError | null {
  const { state } = context;
  if (name === undefined || !state.complete || state.extensions.size > 1 || state.objects?.has(`server ${name}`) === true) return null;
  return { sqlstate: "42704", message: `server "${name}" does not exist` };
}

/** `DEFAULT nextval('…')`: the text is looked up when the default is stored. */
export function refusedSequence(root: unknown, context: Context): EngineError | null {
  if (!context.sql.includes("nextval") || !context.state.complete || context.depth > 0) return null;
  return attempt(() => {
    const { catalogue } = bindContext(context);
    walk(root, (tag, body) => {
      const { funcname, args } = body as { funcname?: Node[]; args?: Node[] };
      if (tag === "FuncCall") checkNamedRelation(strings(funcname), args?.[0], catalogue);
    });
  });
}

/** Types that are neither built in nor made by anything that was read. Extensions bring types that are not listed here. */
export function refusedTypes(root: unknown, context: Context): EngineError | null {
  const { state } = context;
  if (!state.complete || state.extensions.size > 1) return null;
  const missing: string[] = [];
  const check = (type: TypeName | undefined): void => {
    if (type?.names === undefined || type.pct_type === true) return;
    const written = strings(type.names);
    const { name } = readType(type, state).type;
    if (written[0] === "pg_catalog" || state.types.has(name) || state.relations.has(name) || isKnownType(written.at(-1) ?? "")) return;
    missing.push(written.join("."));
  };
  walk(root, (tag, body) => {
    check((tag === "TypeName" ? body : (body["typeName"] ?? body["argType"])) as TypeName | undefined);
  });
  const [first] = missing;
  return first === undefined ? null : { sqlstate: "42704", message: `type "${first}" does not exist` };
}
