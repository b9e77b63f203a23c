import { Compiler } from "../expressions/compile.ts";
import type { ModelState, ProjectState } from "../state.ts";
import type { PyCall, PyValue } from "../values.ts";
import { isKind, isUnknown, itemsOf, pathOf, stringsOf } from "../values.ts";
import type { Catalog } from "./catalog.ts";
import { createIndex, createUnique, PLAIN_INDEX } from "./fragments.ts";
import { callOf, classOf, indexExpression } from "./indexes.ts";
import { quoteName } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";
import { Reference } from "./statement.ts";
import type { Statement } from "./statement.ts";

export type Inline =
  /** A part of CREATE TABLE. */
  | { readonly kind: "inline"; readonly sql: string; readonly effect: (catalog: Catalog) => void }
  /** A unique index, which waits until the end. */
  | { readonly kind: "deferred"; readonly statement: Statement };

interface Read {
  readonly call: PyCall;
  readonly className: string;
  readonly name: string;
  readonly compiler: Compiler;
}

function read(value: PyValue, model: ModelState, state: ProjectState): Read {
  const call = callOf(value, "constraint");
  const name = call.kwargs["name"];
  if (typeof name !== "string") throw new NotRenderable(isUnknown(name) ? name.reason : "the constraint has no plain name");
  if (call.cls !== null) throw new NotRenderable(`the constraint class \`${call.callee}\` is of the repository`);
  return { call, className: classOf(call), name, compiler: new Compiler(model, state) };
}

function deferrableSql(value: PyValue | undefined): string {
  const path = pathOf(value) ?? "";
  if (path.endsWith(".DEFERRED")) return " DEFERRABLE INITIALLY DEFERRED";
  if (path.endsWith(".IMMEDIATE")) return " DEFERRABLE INITIALLY IMMEDIATE";
  if (value === undefined || value === null) return "";
  throw new NotRenderable("`deferrable` is only known when the code runs");
}

function checkSql({ call, compiler }: Read): string {
  const condition = call.kwargs["condition"] ?? call.kwargs["check"];
  if (condition === undefined) throw new NotRenderable("the check constraint has no condition");
  return compiler.where(condition);
}

/** True where Django makes a unique index instead of a constraint. */
export function isUniqueIndex(call: PyCall): boolean {
  const set = (name: string): boolean => {
    const value = call.kwargs[name];
    const items = itemsOf(value);
    return value !== undefined && value !== null && (items === null || items.length > 0);
  };
  return set("condition") || set("include") || set("opclasses") || call.args.length > 0;
}

function nullsDistinct(call: PyCall): string {
  const value = call.kwargs["nulls_distinct"];
  return value === false ? " NULLS NOT DISTINCT" : value === true ? " NULLS DISTINCT" : "";
}

function uniqueStatement(constraint: Read, model: ModelState): Statement {
  const { call, compiler, name } = constraint;
  const columnsOf = (option: string): string[] =>
    (stringsOf(call.kwargs[option]) ?? []).map((n) => {
      const column = compiler.field(n).column;
      if (column === null) throw new NotRenderable(`\`${n}\` has no column`);
      return column;
    });
  const columns = columnsOf("fields");
  if (!isUniqueIndex(call)) {
    if (columns.length === 0) throw new NotRenderable("the fields of the constraint are only known when the code runs");
    return createUnique(model.table, columns, name, deferrableSql(call.kwargs["deferrable"]), nullsDistinct(call));
  }
  const condition = call.kwargs["condition"];
  const parts = {
    ...PLAIN_INDEX,
    name,
    unique: true,
    include: columnsOf("include"),
    opclasses: stringsOf(call.kwargs["opclasses"]) ?? [],
    condition: condition === undefined || condition === null ? null : compiler.where(condition),
    nullsDistinct: nullsDistinct(call),
  };
  if (columns.length > 0) return createIndex(model.table, columns, parts);
  const expressions = new Compiler(model, compiler.state);
  const sql = call.args.map((e) => indexExpression(expressions.source(e), e, expressions)).join(", ");
  return createIndex(model.table, expressions.columns, { ...parts, expressions: sql });
}

function exclusionSql({ call, compiler, name }: Read): string {
  const pairs = itemsOf(call.kwargs["expressions"]);
  if (pairs === null) throw new NotRenderable("the expressions of the constraint are only known when the code runs");
  const parts = pairs.map((pair) => {
    const [expression, operator] = itemsOf(pair) ?? [];
    const text = operatorText(operator);
    if (expression === undefined || text === null)
      throw new NotRenderable("an exclusion constraint needs pairs of expression and operator");
    return `${indexExpression(compiler.source(expression), expression, compiler)} WITH ${text}`;
  });
  const type = call.kwargs["index_type"];
  const include = (stringsOf(call.kwargs["include"]) ?? []).map((n) => quoteName(compiler.field(n).column ?? ""));
  const condition = call.kwargs["condition"];
  const where = condition === undefined || condition === null ? "" : ` WHERE (${compiler.where(condition)})`;
  return (
    `CONSTRAINT ${quoteName(name)} EXCLUDE USING ${typeof type === "string" ? type : "GIST"} (${parts.join(", ")})` +
    `${include.length === 0 ? "" : ` INCLUDE (${include.join(", ")})`}${where}${deferrableSql(call.kwargs["deferrable"])}`
  );
}

/** `RangeOperators` of django.contrib.postgres.fields. */
const RANGE_OPERATORS: Readonly<Record<string, string>> = {
  EQUAL: "=",
  NOT_EQUAL: "<>",
  CONTAINS: "@>",
  CONTAINED_BY: "<@",
  OVERLAPS: "&&",
  FULLY_LT: "<<",
  FULLY_GT: ">>",
  NOT_LT: "&>",
  NOT_GT: "&<",
  ADJACENT_TO: "-|-",
};

function operatorText(value: PyValue | undefined): string | null {
  if (typeof value === "string") return value;
  const path = pathOf(value);
  return path === null ? null : (RANGE_OPERATORS[path.slice(path.lastIndexOf(".") + 1)] ?? null);
}

function checkStatement(constraint: Read, model: ModelState): Statement {
  const check = checkSql(constraint);
  const reference = new Reference(model.table);
  const columns = [...new Set(constraint.compiler.columns)];
  return {
    references: [reference],
    text: () => `ALTER TABLE ${quoteName(reference.table)} ADD CONSTRAINT ${quoteName(constraint.name)} CHECK (${check})`,
    effect: (catalog) => catalog.add({ name: constraint.name, table: reference.table, columns, kind: "check" }),
  };
}

/** `constraint.create_sql`. */
export function constraintStatement(value: PyValue, model: ModelState, state: ProjectState): Statement {
  const constraint = read(value, model, state);
  switch (constraint.className) {
    case "CheckConstraint":
      return checkStatement(constraint, model);
    case "UniqueConstraint":
      return uniqueStatement(constraint, model);
    case "ExclusionConstraint": {
      const sql = exclusionSql(constraint);
      const reference = new Reference(model.table);
      return {
        references: [reference],
        text: () => `ALTER TABLE ${quoteName(reference.table)} ADD ${sql}`,
        effect: (catalog) => catalog.add({ name: constraint.name, table: reference.table, columns: [null], kind: "index" }),
      };
    }
    default:
      throw new NotRenderable(`the constraint class \`${constraint.call.callee}\` is not known to tread`);
  }
}

/** `constraint.constraint_sql`: inside of CREATE TABLE. */
export function inlineConstraint(value: PyValue, model: ModelState, state: ProjectState): Inline {
  const constraint = read(value, model, state);
  const statement = constraintStatement(value, model, state);
  const name = quoteName(constraint.name);
  switch (constraint.className) {
    case "CheckConstraint":
      return { kind: "inline", sql: `CONSTRAINT ${name} CHECK (${checkSql(constraint)})`, effect: statement.effect };
    case "ExclusionConstraint":
      return { kind: "inline", sql: exclusionSql(constraint), effect: statement.effect };
    default: {
      if (isUniqueIndex(constraint.call) || nullsDistinct(constraint.call) !== "") return { kind: "deferred", statement };
      const columns = (stringsOf(constraint.call.kwargs["fields"]) ?? []).map((n) => constraint.compiler.field(n).column ?? "");
      const deferrable = deferrableSql(constraint.call.kwargs["deferrable"]);
      const sql = `CONSTRAINT ${name} UNIQUE (${columns.map(quoteName).join(", ")})${deferrable}`;
      const effect = (catalog: Catalog): void => catalog.addInlineUnique(constraint.name, model.table, columns);
      return { kind: "inline", sql, effect: deferrable === "" ? effect : statement.effect };
    }
  }
}

/** `constraint.remove_sql`. */
export function removeConstraintSql(value: PyValue | null, table: string, name: string): { readonly sql: string; readonly index: boolean } {
  const index = isKind(value, "call") && classOf(value) === "UniqueConstraint" && isUniqueIndex(value);
  if (index) return { sql: `DROP INDEX IF EXISTS ${quoteName(name)}`, index };
  return { sql: `ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`, index };
}
