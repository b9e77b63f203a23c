import type { ClickHouseView } from "../../../check/clickhouse/view.ts";
import type { ClickHouseChange } from "../../../model/clickhouse/change.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { ClickHouseStatement } from "../../../model/clickhouse/judged.ts";
import { saysDeprecated } from "../../../text/deprecation-mark.ts";
import type { Thing } from "../../drops/dependents.ts";
import { commentMarksBeside, type DefiningStatement, type SqlMark } from "../sql-marks.ts";

/** Comments that the server keeps (`COMMENT '…'` on columns and tables) and those that stand beside definitions in the files. */
export function clickHouseMarks(views: readonly ClickHouseView[], textOf: (file: string) => string | null): readonly SqlMark[] {
  const marks = new Map<string, SqlMark>();
  for (const view of views) {
    const end = view.judged.flat().at(-1)?.after ?? view.start;
    const statements = [...view.applied, ...view.judgedMigrations].flatMap(
      (migration): readonly ClickHouseStatement[] => migration.statements,
    );
    for (const mark of [...keptComments(end, statements), ...besideDefinitions(statements, textOf)]) {
      const key = `${mark.table} ${mark.column ?? ""}`;
      if (!marks.has(key)) marks.set(key, mark);
    }
  }
  return [...marks.values()];
}

function keptComments(state: ClickHouseState, statements: readonly ClickHouseStatement[]): SqlMark[] {
  const found: SqlMark[] = [];
  const add = (thing: Thing, comment: string | null): void => {
    if (comment === null || !saysDeprecated(comment)) return;
    const at = statements.findLast(({ sql, changes }) => sql.includes(comment) && changes.some((change) => about(change, thing)))?.span;
    found.push({ ...thing, by: "COMMENT", text: comment.replaceAll(/\s+/g, " ").trim(), file: at?.file ?? "schema", line: at?.line ?? 1 });
  };
  for (const table of state.tables.values()) {
    add({ table: table.name, column: null }, table.comment);
    for (const column of table.columns) add({ table: table.name, column: column.name }, column.comment);
  }
  return found;
}

function about(change: ClickHouseChange, { table, column }: Thing): boolean {
  if (change.kind === "create-table") return change.table.name === table;
  if (!("table" in change) || change.table !== table) return false;
  return (
    column === null || !("column" in change) || change.column === column || (change.kind === "add-column" && change.column.name === column)
  );
}

function besideDefinitions(statements: readonly ClickHouseStatement[], textOf: (file: string) => string | null): SqlMark[] {
  const files = new Map<string, DefiningStatement[]>();
  for (const { span, changes } of statements) {
    if (!/\.sql$/i.test(span.file)) continue;
    const list = files.get(span.file) ?? [];
    files.set(span.file, list);
    list.push({ span, defines: changes.flatMap(definedBy), touches: changes.flatMap(touchedBy) });
  }
  return [...files].flatMap(([file, own]) => {
    const text = textOf(file);
    return text === null ? [] : [...commentMarksBeside(text, own)];
  });
}

function definedBy(change: ClickHouseChange): DefiningStatement["defines"] {
  if (change.kind !== "create-table" || change.table.kind !== "table") return [];
  return [{ table: change.table.name, columns: change.table.columns.map(({ name }) => name) }];
}

function touchedBy(change: ClickHouseChange): DefiningStatement["touches"] {
  switch (change.kind) {
    case "add-column":
    case "modify-column":
      return [{ table: change.table, column: typeof change.column === "string" ? change.column : change.column.name }];
    case "comment-column":
      return [{ table: change.table, column: change.column }];
    default:
      return [];
  }
}
