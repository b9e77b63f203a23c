import type { Change } from "../../../model/change.ts";
import { IMMUTABLE_FUNCTIONS, STABLE_FUNCTIONS, VOLATILE_FUNCTIONS } from "../catalog/volatility.ts";
import { strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { readRoutineBody } from "./plpgsql.ts";

/**
 * Functions of pg_catalog that do what a statement does, or run SQL given as text. The rest of pg_catalog reads and computes.
 */
const BUILT_IN_EFFECTS: Readonly<Record<string, string>> = {
  query_to_xml: "runs SQL given as text",
  query_to_xml_and_xmlschema: "runs SQL given as text",
  cursor_to_xml: "runs SQL given as text",
  ts_stat: "runs SQL given as text",
  pg_read_file: "reads a file of the server",
  pg_read_binary_file: "reads a file of the server",
  lo_export: "writes a file of the server",
  lo_import: "reads a file of the server",
  pg_terminate_backend: "ends other sessions",
  pg_cancel_backend: "cancels other sessions' queries",
};

/** What the functions called by a statement may do: bodies that the migrations show are read, others are opaque. */
export function calls(parts: readonly unknown[], context: Context): Change[] {
  const names = new Map<string, readonly string[]>();
  walk(parts, (tag, body) => {
    if (tag !== "FuncCall") return;
    const name = strings((body as { funcname?: Node[] }).funcname);
    names.set(name.join("."), name);
  });
  return [...names.values()].flatMap((parts) => call(parts, context));
}

export function call(parts: readonly string[], context: Context, as: "function" | "procedure" = "function"): Change[] {
  const bare = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? parts[0] : undefined;
  const qualified = context.lookup(schema === "pg_catalog" ? undefined : schema, bare, (q) => context.state.functions.has(q));
  const own = context.state.functions.get(qualified);
  if (own !== undefined && schema !== "pg_catalog") {
    const kind = own.routine ?? "function";
    if (as === "procedure" && kind === "function") return [refusal("42809", `${parts.join(".")}() is not a procedure`, context)];
    if (kind === "aggregate") return [];
    const changes = readRoutineBody(own, context);
    // A function that is not volatile cannot write (manual section 36.7): what cannot be read of it does no harm.
    return own.volatility === "volatile" ? changes : changes.filter((c) => c.kind !== "opaque");
  }
  const effect = BUILT_IN_EFFECTS[bare];
  if (effect !== undefined) return [context.opaque(`${bare}() ${effect}`)];
  const builtIn = IMMUTABLE_FUNCTIONS.has(bare) || STABLE_FUNCTIONS.has(bare) || VOLATILE_FUNCTIONS.has(bare);
  if (builtIn || (schema === undefined && KNOWN_EXTENSION_FUNCTIONS.has(bare))) return [];
  if (context.state.formerFunctions?.has(qualified) === true)
    return [refusal("42883", `${as} ${parts.join(".")}() does not exist`, context)];
  return [context.opaque(`function ${parts.join(".")}() is not in the migrations: what it does is not known`)];
}

function refusal(sqlstate: string, message: string, context: Context): Change {
  return { ...context.change({ kind: "maintenance", command: "CALL", table: null }), refused: { sqlstate, message } };
}

const KNOWN_EXTENSION_FUNCTIONS = new Set(
  "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil gen_salt gen_random_bytes crypt digest hmac similarity unaccent hstore".split(
    " ",
  ),
);
