import type { IndexStmt } from "libpg-query";
import type { EngineError } from "../../../model/effects.ts";
import { bareName, type SchemaState } from "../../../model/schema.ts";
import { CASTS } from "../catalog/casts.ts";
import { hasDefaultClass } from "../catalog/operator-classes.ts";
import { all, as, strings, tagOf, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

const TEXT_FUNCTIONS = new Set(["lower", "upper", "md5", "btrim", "ltrim", "rtrim", "initcap", "replace", "concat"]);
const BOOLEANS = new Set(["NullTest", "BooleanTest", "BoolExpr"]);

/** Methods that no extension brings operator classes to for types of the server. */
const CLOSED = new Set(["btree", "hash", "brin"]);

/** Refuses an expression of a type that the access method has no operators for: `USING gin (lower(name))`. */
export function refusedExpressionKey(node: IndexStmt, context: Context): EngineError | null {
  const method = node.accessMethod ?? "btree";
  if (!CLOSED.has(method) && [...context.state.extensions].some((name) => name !== "plpgsql")) return null;
  for (const { expr, opclass } of all(node.indexParams, "IndexElem")) {
    const type = expr === undefined || opclass !== undefined ? null : typeOf(expr, context.state);
    if (type !== null && !hasDefaultClass(method, type))
      return { sqlstate: "42704", message: `data type ${type} has no default operator class for access method "${method}"` };
  }
  return null;
}

function typeOf(node: Node, state: SchemaState): string | null {
  if (BOOLEANS.has(tagOf(node))) return "boolean";
  const name = strings(as(node, "FuncCall")?.funcname);
  if (name.length === 1 && TEXT_FUNCTIONS.has(name[0] ?? "")) return "text";
  return name.length === 0 ? null : returnedBy(name.at(-1) ?? "", state);
}

/** What the user's only function of this name gives back, where it is a type of the server. */
function returnedBy(name: string, state: SchemaState): string | null {
  const [found, ...others] = [...state.functions.values()].filter((known) => bareName(known.name) === name);
  if (found === undefined || others.length > 0 || (found.signatures?.length ?? 0) !== 1) return null;
  return typeof found.returns === "string" && CASTS.has(found.returns) ? found.returns : null;
}
