import { numberOf } from "../evaluate-operators.ts";
import { Compiler } from "../expressions/compile.ts";
import type { Compiled } from "../expressions/compile.ts";
import type { ModelState, ProjectState } from "../state.ts";
import type { PyCall, PyValue } from "../values.ts";
import { isKind, isUnknown, itemsOf, stringsOf } from "../values.ts";
import type { EditorSettings } from "./editor.ts";
import { createIndex, PLAIN_INDEX } from "./fragments.ts";
import { quoteName } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";
import type { Statement } from "./statement.ts";

/** Index classes of `django.contrib.postgres.indexes`: access method and storage parameters in the order in which Django writes them. */
const METHODS: Readonly<
  Record<string, { readonly method: string; readonly parameters: readonly (readonly [string, "number" | "flag"])[] }>
> = {
  Index: { method: "", parameters: [] },
  BTreeIndex: {
    method: "btree",
    parameters: [
      ["fillfactor", "number"],
      ["deduplicate_items", "flag"],
    ],
  },
  BrinIndex: {
    method: "brin",
    parameters: [
      ["autosummarize", "flag"],
      ["pages_per_range", "number"],
    ],
  },
  GinIndex: {
    method: "gin",
    parameters: [
      ["gin_pending_list_limit", "number"],
      ["fastupdate", "flag"],
    ],
  },
  GistIndex: {
    method: "gist",
    parameters: [
      ["buffering", "flag"],
      ["fillfactor", "number"],
    ],
  },
  HashIndex: { method: "hash", parameters: [["fillfactor", "number"]] },
  SpGistIndex: { method: "spgist", parameters: [["fillfactor", "number"]] },
  BloomIndex: { method: "bloom", parameters: [["length", "number"]] },
};

/** The call that makes an index or constraint, or why it cannot be read. */
export function callOf(value: PyValue, what: string): PyCall {
  if (isUnknown(value)) throw new NotRenderable(value.reason);
  if (!isKind(value, "call")) throw new NotRenderable(`the ${what} is not written as a call`);
  return value;
}

export function classOf(call: PyCall): string {
  return call.callee.slice(call.callee.lastIndexOf(".") + 1);
}

/** `Index.create_sql`. */
export function indexStatement(
  value: PyValue,
  model: ModelState,
  state: ProjectState,
  settings: EditorSettings,
  concurrently = false,
): Statement {
  const call = callOf(value, "index");
  const method = call.cls === null ? METHODS[classOf(call)] : undefined;
  if (method === undefined) throw new NotRenderable(`the index class \`${call.callee}\` is not known to tread`);
  const name = call.kwargs["name"];
  if (typeof name !== "string") throw new NotRenderable(isUnknown(name) ? name.reason : "the index has no plain name");
  const compiler = new Compiler(model, state);
  const condition = call.kwargs["condition"];
  const where = condition === undefined || condition === null ? null : compiler.where(condition);
  const include = (stringsOf(call.kwargs["include"]) ?? []).map((n) => columnFor(compiler, n));
  const fieldNames = stringsOf(call.kwargs["fields"]);
  const tablespace = tablespaceOf(call, model, fieldNames, settings);
  const storage = storageOf(call, method.parameters);
  const shared = {
    ...PLAIN_INDEX,
    name,
    using: method.method === "" ? "" : ` USING ${method.method}`,
    include,
    extra: `${storage}${tablespace}`,
    condition: where,
    concurrently,
    type: method.method === "" ? "idx" : method.method === "btree" && storage === "" && !name.endsWith("_btree") ? "idx" : method.method,
  };
  if (call.args.length > 0) {
    const expressions = new Compiler(model, state);
    const sql = call.args.map((e) => indexExpression(expressions.source(e), e, expressions)).join(", ");
    return createIndex(model.table, expressions.columns, { ...shared, expressions: sql });
  }
  if (fieldNames === null) throw new NotRenderable("the fields of the index are only known when the code runs");
  const columns = fieldNames.map((n) => columnFor(compiler, n.replace(/^-/, "")));
  const orders = fieldNames.map((n) => (n.startsWith("-") ? "DESC" : ""));
  return createIndex(model.table, columns, { ...shared, orders, opclasses: stringsOf(call.kwargs["opclasses"]) ?? [] });
}

function columnFor(compiler: Compiler, name: string): string {
  const column = compiler.field(name).column;
  if (column === null) throw new NotRenderable(`\`${name}\` has no column`);
  return column;
}

function tablespaceOf(call: PyCall, model: ModelState, names: readonly string[] | null, settings: EditorSettings): string {
  const given = call.kwargs["db_tablespace"];
  let tablespace = typeof given === "string" ? given : null;
  if (tablespace === null) {
    const only = names?.length === 1 ? model.fields.find((f) => f.name === names[0]?.replace(/^-/, "")) : undefined;
    const own = only?.options["db_tablespace"];
    const ofModel = model.options["db_tablespace"];
    if (typeof own === "string" && own !== "") tablespace = own;
    else if (settings.defaultIndexTablespace !== "") tablespace = settings.defaultIndexTablespace;
    else if (typeof ofModel === "string" && ofModel !== "") tablespace = ofModel;
  }
  return tablespace === null || tablespace === "" ? "" : ` TABLESPACE ${quoteName(tablespace)}`;
}

function storageOf(call: PyCall, parameters: readonly (readonly [string, "number" | "flag"])[]): string {
  const written: string[] = [];
  for (const [name, kind] of parameters) {
    const value = call.kwargs[name];
    if (value === undefined || value === null) continue;
    written.push(`${name} = ${kind === "flag" ? (value === true ? "on" : "off") : String(numberOf(value) ?? "")}`);
  }
  const columns = itemsOf(call.kwargs["columns"]);
  columns?.forEach((value, i) => written.push(`col${i + 1} = ${String(numberOf(value) ?? "")}`));
  return written.length === 0 ? "" : ` WITH (${written.join(", ")})`;
}

/**
 * `IndexExpression`: the root in parentheses unless it is a column, with the wrappers (`OrderBy`, `Collate`, `OpClass`) outside of
 * them, in their own order.
 */
export function indexExpression(compiled: Compiled, value: PyValue, compiler: Compiler): string {
  const wrappers = { order: "", opclass: "", collate: "" };
  let root: PyValue = value;
  for (let i = 0; i < 4 && isKind(root, "call"); i++) {
    const name = classOf(root);
    const inner: PyValue | undefined = root.callee.startsWith(".") ? root.receiver : (root.args[0] ?? root.kwargs["expression"]);
    if (inner === undefined) break;
    if (root.callee === ".desc" || root.callee === ".asc" || name === "OrderBy") {
      const descending = root.callee === ".desc" || root.kwargs["descending"] === true;
      wrappers.order = ` ${descending ? "DESC" : "ASC"}${root.kwargs["nulls_first"] === true ? " NULLS FIRST" : root.kwargs["nulls_last"] === true ? " NULLS LAST" : ""}`;
    } else if (name === "OpClass") wrappers.opclass = ` ${nameArgument(root, "name")}`;
    else if (name === "Collate") wrappers.collate = ` COLLATE ${quoteName(nameArgument(root, "collation"))}`;
    else break;
    root = inner;
  }
  const none = wrappers.order === "" && wrappers.opclass === "" && wrappers.collate === "";
  const inner = none ? compiled : new Compiler(compiler.model, compiler.state).source(root);
  const sql = inner.form === "column" ? inner.sql : `(${inner.sql})`;
  return `${sql}${wrappers.collate}${wrappers.opclass}${wrappers.order}`;
}

function nameArgument(call: PyCall, keyword: string): string {
  const value = call.args[1] ?? call.kwargs[keyword];
  if (typeof value !== "string") throw new NotRenderable(`\`${keyword}\` of ${classOf(call)} is no plain string`);
  return value;
}
