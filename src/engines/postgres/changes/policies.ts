import type { AlterPolicyStmt, CreatePolicyStmt, RuleStmt } from "libpg-query";
import type { Change, ChangeOf, ObjectChange } from "../../../model/change.ts";
import { bareName } from "../../../model/schema.ts";
import { as, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { refusedExpression } from "./refused.ts";

/** CREATE POLICY and ALTER POLICY: ACCESS EXCLUSIVE on the table, ACCESS SHARE on what the conditions read (measured 13–18). */
export function readPolicy(node: CreatePolicyStmt | AlterPolicyStmt, action: "create" | "alter", context: Context): Change[] {
  const table = context.relation(node.table);
  const conditions = [node.qual, node.with_check].flatMap((n) => n ?? []);
  const columns = ownColumns(conditions, bareName(table), []);
  const object: ObjectChange = { class: "policy", name: node.policy_name ?? "", action, columns };
  const refused = refusedExpression(conditions, [{ RangeVar: node.table } as Node], context);
  const change = context.change({ kind: "alter-table-other", table, action: `${action.toUpperCase()} POLICY`, object });
  return [...reads(conditions, table, context), refused === null ? change : { ...change, refused }];
}

function insteadOf(node: RuleStmt): Partial<Pick<ChangeOf<"alter-table-other">, "instead">> {
  const of = ({ CMD_INSERT: "insert", CMD_UPDATE: "update", CMD_DELETE: "delete" } as const)[node.event as string];
  return node.instead === true && of !== undefined ? { instead: { of, nothing: (node.actions ?? []).length === 0 } } : {};
}

/** CREATE RULE: its actions are analysed, which locks what they would write to (measured 13–18). */
export function readRule(node: RuleStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const object: ObjectChange = {
    class: "rule",
    name: node.rulename ?? "",
    action: "create",
    columns: ownColumns([...(node.actions ?? []), ...(node.whereClause === undefined ? [] : [node.whereClause])], null, ["new", "old"]),
    ...(node.replace === true ? { lenient: true } : {}),
  };
  const written = new Set<string>();
  for (const action of node.actions ?? []) {
    const range = as(action, "InsertStmt")?.relation ?? as(action, "UpdateStmt")?.relation ?? as(action, "DeleteStmt")?.relation;
    if (range !== undefined) written.add(context.relation(range));
  }
  return [
    context.change({ kind: "alter-table-other", table, action: "CREATE RULE", object, ...insteadOf(node) }),
    ...reads([...(node.actions ?? []), ...(node.whereClause === undefined ? [] : [node.whereClause])], table, context, written),
    ...[...written].filter((t) => t !== table).map((t) => context.change({ kind: "maintenance", command: "RULE ACTION", table: t })),
  ];
}

/**
 * Columns of the table itself. Where a subquery brings other tables only those count that name it, or OLD and NEW in a rule, because
 * whose the others are is not asked.
 * @param table null: only qualified columns count
 */
function ownColumns(nodes: readonly Node[], table: string | null, qualifiers: readonly string[]): string[] {
  let subqueries = table === null;
  walk(nodes, (tag) => {
    if (tag === "SubLink") subqueries = true;
  });
  const found = new Set<string>();
  walk(nodes, (tag, body) => {
    if (tag !== "ColumnRef") return;
    const path = strings((body as { fields?: Node[] }).fields);
    const qualifier = path.at(-2);
    const own = qualifier === undefined ? !subqueries : qualifier === table || qualifiers.includes(qualifier);
    const name = path.at(-1);
    if (own && name !== undefined) found.add(name);
  });
  return [...found];
}

/** Tables that the expressions read, apart from the one they are about. */
function reads(nodes: readonly Node[], table: string, context: Context, except: ReadonlySet<string> = new Set()): Change[] {
  const found = new Set<string>();
  const ctes = new Set<string>();
  walk(nodes, (tag, body) => {
    if (tag === "CommonTableExpr") ctes.add((body as { ctename?: string }).ctename ?? "");
  });
  walk(nodes, (tag, body) => {
    const range = body as { relname?: string; schemaname?: string };
    if (
      tag !== "RangeVar" ||
      (range.schemaname === undefined && (ctes.has(range.relname ?? "") || /^(?:old|new)$/.test(range.relname ?? "")))
    )
      return;
    found.add(context.relation(range));
  });
  const tables = [...found].filter((t) => t !== table && !except.has(t));
  return tables.length === 0 ? [] : [context.change({ kind: "read", tables, fullReads: [], shallow: true })];
}
