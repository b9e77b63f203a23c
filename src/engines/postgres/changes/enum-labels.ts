import type { RangeVar, TypeName } from "libpg-query";
import type { Change } from "../../../model/change.ts";
import type { Column, Relation, SchemaState, TypeRef } from "../../../model/schema.ts";
import { all, as, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { readType } from "./types.ts";

type Labels = NonNullable<Change["enumLabels"]>[number];

/**
 * String constants that a statement gives to a column of an enum, compares with one, or casts to one. Only those are its labels: the same
 * text in a column of text is no use of the enum. Names are looked up among all tables of the statement; an ambiguous one is left out.
 */
export function enumLabels(node: Node, context: Context): readonly Labels[] {
  if (!context.sql.includes("'") || !hasEnums(context.state.types)) return [];
  const found: Labels[] = [];
  const tables = tablesIn(node, context);
  const use = (type: TypeRef | null, value: Node | undefined): void => {
    const name = type === null ? null : enumOf(type, context);
    if (name === null || value === undefined) return;
    for (const label of literals(value)) found.push({ type: name, label });
  };
  walk([node], (tag, body) => {
    if (tag === "A_Expr") {
      const { lexpr, rexpr, name } = body as { lexpr?: Node; rexpr?: Node; name?: Node[] };
      if (!["=", "<>", "<", ">", "<=", ">=", "~~"].includes(strings(name).at(-1) ?? "") && !strings(name).includes("IN")) return;
      use(typeOf(lexpr, tables), rexpr);
      use(typeOf(rexpr, tables), lexpr);
    } else if (tag === "TypeCast") {
      const { arg, typeName } = body as { arg?: Node; typeName?: TypeName };
      use(readType(typeName, context.state).type, arg);
    } else if (tag === "ColumnDef" || tag === "AlterTableCmd") {
      defaults(tag, body, node, context, use);
    }
  });
  const insert = as(node, "InsertStmt");
  if (insert?.relation !== undefined) inserted(insert, context, use);
  const update = as(node, "UpdateStmt");
  if (update?.relation !== undefined) assigned(update.targetList, context.state.relations.get(context.relation(update.relation)), use);
  return found;
}

type Use = (type: TypeRef | null, value: Node | undefined) => void;

const known = new WeakMap<SchemaState["types"], boolean>();

function hasEnums(types: SchemaState["types"]): boolean {
  let answer = known.get(types);
  if (answer === undefined) {
    answer = [...types.values()].some((type) => type.kind === "enum");
    known.set(types, answer);
  }
  return answer;
}

function enumOf(type: TypeRef, context: Context): string | null {
  const known = type.dimensions > 0 ? undefined : context.state.types.get(type.name);
  if (known?.kind === "domain") return enumOf(known.base, context);
  return known?.kind === "enum" ? known.name : null;
}

/** The constant itself, or those of a list. */
function literals(node: Node): string[] {
  const text = as(node, "A_Const")?.sval;
  if (text !== undefined) return [text.sval ?? ""];
  return (as(node, "List")?.items ?? as(node, "A_ArrayExpr")?.elements ?? []).flatMap(literals);
}

interface Source {
  readonly alias: string;
  readonly columns: readonly Column[];
}

function tablesIn(node: Node, context: Context): readonly Source[] {
  const sources: Source[] = [];
  walk([node], (tag, body) => {
    const range = tag === "RangeVar" ? (body as RangeVar) : ((body as { relation?: RangeVar }).relation ?? undefined);
    if (typeof range?.relname !== "string") return;
    const columns = context.state.relations.get(context.relation(range))?.columns;
    if (columns !== undefined) sources.push({ alias: range.alias?.aliasname ?? range.relname, columns });
  });
  return sources;
}

function typeOf(node: Node | undefined, tables: readonly Source[]): TypeRef | null {
  const parts = strings(as(node, "ColumnRef")?.fields);
  const name = parts.at(-1);
  if (name === undefined) return null;
  const among = parts.length > 1 ? tables.filter((t) => t.alias === parts.at(-2)) : tables;
  const types = among.flatMap((t) => t.columns.find((c) => c.name === name)?.type ?? []);
  const [first] = types;
  return first !== undefined && types.every((t) => t.name === first.name) ? first : null;
}

function inserted(insert: NonNullable<ReturnType<typeof asInsert>>, context: Context, use: Use): void {
  const relation = insert.relation === undefined ? undefined : context.state.relations.get(context.relation(insert.relation));
  if (relation === undefined) return;
  const listed = all(insert.cols, "ResTarget").map((t) => t.name ?? "");
  const columns = listed.length > 0 ? listed : relation.columns.map((c) => c.name);
  const type = (at: number): TypeRef | null => relation.columns.find((c) => c.name === columns[at])?.type ?? null;
  const select = as(insert.selectStmt, "SelectStmt");
  for (const row of all(select?.valuesLists, "List")) (row.items ?? []).forEach((value, at) => use(type(at), value));
  all(select?.targetList, "ResTarget").forEach((target, at) => use(type(at), target.val));
  assigned(insert.onConflictClause?.targetList, relation, use);
}

const asInsert = (node: Node) => as(node, "InsertStmt");

function assigned(targets: readonly Node[] | undefined, relation: Relation | undefined, use: Use): void {
  for (const target of all(targets, "ResTarget")) use(relation?.columns.find((c) => c.name === target.name)?.type ?? null, target.val);
}

/** `status status DEFAULT 'new'` and `ALTER COLUMN status SET DEFAULT 'new'`. */
function defaults(tag: string, body: object, node: Node, context: Context, use: Use): void {
  if (tag === "ColumnDef") {
    const { typeName, constraints } = body as { typeName?: TypeName; constraints?: Node[] };
    const value = all(constraints, "Constraint").find((c) => c.contype === "CONSTR_DEFAULT")?.raw_expr;
    if (value !== undefined) use(readType(typeName, context.state).type, value);
    return;
  }
  const { subtype, name, def } = body as { subtype?: string; name?: string; def?: Node };
  const range = as(node, "AlterTableStmt")?.relation;
  if (subtype !== "AT_ColumnDefault" || range === undefined) return;
  use(context.state.relations.get(context.relation(range))?.columns.find((c) => c.name === name)?.type ?? null, def);
}
