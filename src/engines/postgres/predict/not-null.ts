import type { Work } from "./work.ts";

/** SET NOT NULL reads the table unless a validated CHECK says it already (12 and later; manual, ALTER TABLE, SET NOT NULL). */
export function scanForNulls(table: string, column: string, work: Work): void {
  const tree = work.tree(table);
  if (tree.length === 0) work.scan(table);
  for (const relation of tree) {
    const known = relation.columns.find((c) => c.name === column);
    if (known?.notNull === true && !hasUnvalidatedNotNull(relation.constraints, column)) continue;
    const proven = relation.constraints.some(
      (c) => c.kind === "check" && c.validated && c.enforced && provesNotNull(c.expression?.sql ?? "", column),
    );
    if (!proven) work.scan(relation.name);
  }
}

function hasUnvalidatedNotNull(
  constraints: readonly { readonly kind: string; readonly columns: readonly string[]; readonly validated: boolean }[],
  column: string,
): boolean {
  return constraints.some((c) => c.kind === "not-null" && !c.validated && c.columns.includes(column));
}

/** One of the ANDed parts is `column IS NOT NULL`. Comparisons prove it too (`c > 0` is never true of NULL), but a CHECK passes on NULL. */
function provesNotNull(sql: string, column: string): boolean {
  const name = `(?:"${column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll('"', '""')}"|${/^[a-z_][a-z0-9_$]*$/.test(column) ? column : "(?!)"})`;
  const test = new RegExp(`^\\(*\\s*(?:\\w+\\.)?${name}\\s+is\\s+not\\s+null\\s*\\)*$`, "i");
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
