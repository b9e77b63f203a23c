import { as, all, strings, tagOf, walk } from "../../engines/postgres/parse/grammar.ts";
import type { Node } from "../../engines/postgres/parse/grammar.ts";
import type { Param, Query } from "../../model/query.ts";

/** What a statement asks, read from its tree. Names are as written, with `public` where no schema is given. */
export interface Analysis {
  readonly verb: Query["verb"];
  readonly params: readonly Param[];
  /** Every table it names, qualified. */
  readonly tables: readonly string[];
  /** The table it writes to, qualified, or null for a read. */
  readonly writes: string | null;
  /** A command that asks nothing of tables: SET, BEGIN, SHOW, VACUUM, DDL. */
  readonly utility: boolean;
}

/**
 * Reads one statement's tree.
 * @param count number of placeholders
 * @param nullable placeholders that the author marked as nullable, from 1
 */
export function analyse(tree: Node, count: number, nullable: ReadonlySet<number> = new Set()): Analysis {
  const tables = new Map<string, string>();
  const ctes = new Set<string>();
  const columns = new Map<number, string>();
  walk(tree, (tag, body) => {
    if (tag === "CommonTableExpr" && typeof body["ctename"] === "string") ctes.add(body["ctename"]);
  });
  walk([tree], (tag, body) => {
    if (tag !== "RangeVar" || typeof body["relname"] !== "string") return;
    const name = body["relname"];
    const schema = body["schemaname"];
    if (schema === undefined && ctes.has(name)) return;
    const qualified = `${typeof schema === "string" ? schema : "public"}.${name}`;
    tables.set(aliasOf(body["alias"]) ?? name, qualified);
  });
  // Targets of INSERT, UPDATE and DELETE are RangeVars without their tag.
  const targets: string[] = [];
  walk([tree], (tag, body) => {
    if (tag !== "InsertStmt" && tag !== "UpdateStmt" && tag !== "DeleteStmt" && tag !== "MergeStmt" && tag !== "CopyStmt") return;
    const target = targetOf(body["relation"]);
    if (target === null) return;
    if (tag !== "CopyStmt" || body["is_from"] === true) targets.push(target.table);
    tables.set(target.alias, target.table);
  });
  const only = new Set(tables.values()).size === 1 ? [...tables.values()][0] : undefined;
  const columnOf = (node: Node | undefined): string | null => {
    const reference = as(node, "ColumnRef");
    if (reference === undefined) return null;
    const parts = strings(reference.fields);
    const column = parts.at(-1);
    if (column === undefined || parts.length !== (reference.fields?.length ?? 0)) return null;
    if (parts.length === 1) return only === undefined ? null : `${only}.${column}`;
    if (parts.length === 3) return parts.join(".");
    const table = tables.get(parts[0] ?? "");
    return table === undefined ? null : `${table}.${column}`;
  };
  const note = (node: Node | undefined, column: string | null): void => {
    const number = paramOf(node);
    if (number !== null && column !== null && !columns.has(number)) columns.set(number, column);
  };
  walk([tree], (tag, body) => {
    if (tag === "InsertStmt") noteInsert(body, note);
    if (tag === "UpdateStmt") noteAssignments(body["targetList"], targetOf(body["relation"])?.table ?? null, note);
    if (tag === "A_Expr") noteComparison(body, columnOf, note);
  });
  const verb = verbOf(tree);
  return {
    verb,
    params: Array.from({ length: count }, (_, i) => ({ column: columns.get(i + 1) ?? null, null: nullable.has(i + 1) })),
    tables: [...new Set(tables.values())].sort(),
    writes: targets[0] ?? null,
    utility: verb === "other" && tagOf(tree) !== "MergeStmt" && tagOf(tree) !== "CallStmt" && tagOf(tree) !== "CopyStmt",
  };
}

/** Whether it only looks at the catalogs, as monitoring and drivers do. */
export function asksOnlyCatalogs(analysis: Analysis): boolean {
  return (
    analysis.tables.length > 0 &&
    analysis.tables.every((table) => /^(?:pg_catalog|information_schema)\./.test(table) || table.startsWith("public.pg_"))
  );
}

function verbOf(tree: Node): Query["verb"] {
  switch (tagOf(tree)) {
    case "SelectStmt":
      return "select";
    case "InsertStmt":
      return "insert";
    case "UpdateStmt":
      return "update";
    case "DeleteStmt":
      return "delete";
    default:
      return "other";
  }
}

type NoteParam = (node: Node | undefined, column: string | null) => void;

function noteInsert(body: Record<string, unknown>, note: NoteParam): void {
  const target = targetOf(body["relation"])?.table ?? null;
  const names = all(body["cols"] as Node[] | undefined, "ResTarget").map(({ name }) => name ?? "");
  const select = as(body["selectStmt"] as Node | undefined, "SelectStmt");
  const rows = all(select?.valuesLists, "List").map(({ items }) => items ?? []);
  if (rows.length === 0) rows.push(all(select?.targetList, "ResTarget").flatMap(({ val }) => (val === undefined ? [] : [val])));
  for (const row of rows) {
    row.forEach((value, i) => {
      const name = names[i];
      if (name !== undefined && target !== null) note(value, `${target}.${name}`);
    });
  }
  const conflict = body["onConflictClause"];
  if (typeof conflict === "object" && conflict !== null && "targetList" in conflict) noteAssignments(conflict.targetList, target, note);
}

function noteAssignments(list: unknown, target: string | null, note: NoteParam): void {
  if (!Array.isArray(list) || target === null) return;
  for (const { name, val } of all(list as Node[], "ResTarget")) if (name !== undefined) note(val, `${target}.${name}`);
}

/** `col = $1`, `$1 < col`, `col IN ($1, $2)`, `col = ANY($1)`, `col BETWEEN $1 AND $2`, `col LIKE $1`. */
function noteComparison(body: Record<string, unknown>, columnOf: (node: Node | undefined) => string | null, note: NoteParam): void {
  const left = body["lexpr"] as Node | undefined;
  const right = body["rexpr"] as Node | undefined;
  const column = columnOf(left);
  const values = as(right, "List")?.items ?? [right];
  for (const value of values) note(value, column);
  note(left, columnOf(right));
}

function paramOf(node: Node | undefined): number | null {
  const cast = as(node, "TypeCast");
  if (cast !== undefined) return paramOf(cast.arg);
  return as(node, "ParamRef")?.number ?? null;
}

function targetOf(relation: unknown): { table: string; alias: string } | null {
  if (typeof relation !== "object" || relation === null || !("relname" in relation) || typeof relation.relname !== "string") return null;
  const schema = "schemaname" in relation && typeof relation.schemaname === "string" ? relation.schemaname : "public";
  const alias = "alias" in relation ? aliasOf(relation.alias) : null;
  return { table: `${schema}.${relation.relname}`, alias: alias ?? relation.relname };
}

function aliasOf(alias: unknown): string | null {
  return typeof alias === "object" && alias !== null && "aliasname" in alias && typeof alias.aliasname === "string"
    ? alias.aliasname
    : null;
}
