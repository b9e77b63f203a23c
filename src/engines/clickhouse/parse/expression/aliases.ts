import type { Name } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readNameOrParameter } from "../names.ts";

/** Bare words that are no alias without AS, measured on ClickHouse 26.7: every keyword was tried in `SELECT a <word>`. In quotes all are. */
const restricted = new Set(
  (
    "ALL ANTI ANY ARRAY AS ASOF BETWEEN CROSS ELSE EXCEPT FINAL FORMAT FROM FULL GLOBAL GROUP HAVING ILIKE INNER INTERSECT INTO JOIN LEFT " +
    "LIKE LIMIT NATURAL NOT OFFSET ON ONLY ORDER PARALLEL PASTE PREWHERE QUALIFY RIGHT SAMPLE SEMI SETTINGS STREAM UNION USING WHERE WINDOW WITH"
  ).split(" "),
);

/** `AS name`, and where `bare` allows it a name alone. */
export function readAlias(c: Cursor, bare: boolean): Name | null {
  const before = c.index;
  if (c.keyword("AS")) {
    const name = readNameOrParameter(c);
    if (name === null) c.index = before;
    return name;
  }
  if (!bare || (c.kind === Kind.Word && restricted.has(c.word))) return null;
  // `CREATE VIEW v AS SELECT 1 COMMENT 'text'`
  if (c.word === "COMMENT" && c.kindAt(1) === Kind.String) return null;
  return readNameOrParameter(c);
}
