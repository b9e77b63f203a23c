import type { Node, TypeName } from "libpg-query";
import type { SchemaState } from "../../../model/schema.ts";
import { BindError, Unknowable, type Catalogue } from "./scope.ts";
import { names } from "./strings.ts";

/** A function that the state had and no longer has. What extensions and Postgres itself bring is not listed here. */
export function checkRoutine(parts: readonly string[], state: SchemaState): void {
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
export function checkType(name: TypeName | undefined, state: SchemaState): void {
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

/** Functions whose first argument names a sequence or a table as text. */
const NAMES_RELATION = new Set(["nextval", "currval", "setval", "pg_get_serial_sequence", "pg_relation_size", "pg_total_relation_size"]);

/** `nextval('invoice_id_seq')`: the text is looked up as a relation when the query is analysed or run. @throws BindError 42P01 */
export function checkNamedRelation(routine: readonly string[], argument: Node | undefined, catalogue: Catalogue): void {
  const bare = routine.at(-1) ?? "";
  if (!NAMES_RELATION.has(bare) || argument === undefined) return;
  const cast = "TypeCast" in argument ? argument.TypeCast.arg : argument;
  const text = cast !== undefined && "A_Const" in cast ? cast.A_Const.sval?.sval : undefined;
  if (text !== undefined) catalogue.named(text);
}
