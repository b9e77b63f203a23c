import { bareName, type Column } from "../../../model/schema.ts";
import type { Work } from "./work.ts";

/**
 * SET NOT NULL reads the table unless a validated CHECK says it already (12 and later; manual, ALTER TABLE, SET NOT NULL).
 * @param alone not the tables that inherit
 */
export function scanForNulls(table: string, column: string, work: Work, alone = false): void {
  const tree = alone ? work.tree(table).slice(0, 1) : work.tree(table);
  if (tree.length === 0) work.scan(table);
  for (const relation of tree) {
    const known = relation.columns.find((c) => c.name === column);
    if (known?.notNull === true && !hasUnvalidatedNotNull(relation.constraints, column)) continue;
    if (known !== undefined && isNullInEveryRow(relation.name, known, work)) {
      work.fail("23502", `column "${column}" of relation "${bareName(relation.name)}" contains null values`);
      return;
    }
    const proven = relation.constraints.some(
      (c) => c.kind === "check" && c.validated && c.enforced && provesNotNull(c.expression?.sql ?? "", column),
    );
    if (!proven) work.scan(relation.name);
  }
}

/** The statement has added it without a value, and there are rows. */
function isNullInEveryRow(table: string, column: Column, work: Work): boolean {
  const hasValue = column.default !== null || column.identity !== null || column.generated !== null;
  const isDomain = column.type.name.includes(".");
  return (
    work.isNewColumn(table, column.name) &&
    !hasValue &&
    !isDomain &&
    work.state.relations.get(table)?.kind === "table" &&
    !work.isEmpty(table)
  );
}

export function hasUnvalidatedNotNull(
  constraints: readonly { readonly kind: string; readonly columns: readonly string[]; readonly validated: boolean }[],
  column: string,
): boolean {
  return constraints.some((c) => c.kind === "not-null" && !c.validated && c.columns.includes(column));
}

/** One of the ANDed parts is `column IS NOT NULL`. Comparisons prove it too (`c > 0` is never true of NULL), but a CHECK passes on NULL. */
function provesNotNull(sql: string, column: string): boolean {
  const name = `(?:"${column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll('"', '""')}"|${/^[a-z_][a-z0-9_$]*$/.test(column) ? column : "(?!)"})`;
  const own = `\\(*\\s*(?:\\w+\\.)?${name}\\s*\\)*`;
  const forms = [
    `${own}\\s+is\\s+not\\s+null`,
    `${own}\\s+notnull`,
    `${own}\\s+is\\s+distinct\\s+from\\s+null`,
    `not\\s*\\(*\\s*${own}\\s+(?:is\\s+null|isnull)`,
  ];
  const test = new RegExp(`^\\(*\\s*(?:${forms.join("|")})\\s*\\)*$`, "i");
  return splitAnd(sql).some((part) => test.test(part.trim()));
}

/** Top-level AND parts; an OR anywhere on that level means that no part alone is certain. */
function splitAnd(sql: string): string[] {
  let text = sql.trim();
  while (text.startsWith("(") && closes(text)) text = text.slice(1, -1).trim();
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  const mark = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\(|\)|\band\b|\bor\b/gi;
  for (let m = mark.exec(text); m !== null; m = mark.exec(text)) {
    const word = m[0].toLowerCase();
    if (word === "(") depth++;
    else if (word === ")") depth--;
    else if (depth === 0 && word === "or") return [];
    else if (depth === 0 && word === "and") {
      parts.push(text.slice(from, m.index));
      from = m.index + 3;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function closes(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i === text.length - 1;
  }
  return false;
}
