/** Strings, quoted names, comments and heredocs, which hold no placeholders; and the placeholders themselves. */
const TOKEN =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|"(?:[^"\\]|""|\\[\s\S])*(?:"|$)|\$(\w*[A-Za-z_]\w*|)\$[\s\S]*?(?:\$\2\$|$))|`\?`|`(?:[^`\\]|``|\\[\s\S])*(?:`|$)|\?(?:\.\.)?|%\(\w+\)s|%s|\$\d+|(?<![:\w)\]'"`])[:@][A-Za-z_]\w*/g;

/**
 * What drivers put where a value goes (`?` of JDBC and clickhouse-go, `%(name)s` and `%s` of Python, `$1` and `@name` of clickhouse-go)
 * and what `normalizeQuery` leaves of literals and aliases (`?`, `?..`, `` `?` ``) becomes a value that fits: NULL compares with every type,
 * LIMIT and INTERVAL want a number, parametric functions (`quantile(?)(x)`) a number between 0 and 1.
 * For a statement that does not parse as it is: `a ? b : c` is ClickHouse's own. `$1` (`numbered`) parses, as a name that nobody has.
 */
export function clickhousePlaceholders(sql: string, which: "all" | "numbered" = "all"): string {
  let alias = 0;
  const percent = which === "all" && /%\(\w+\)s|%s/.test(sql);
  const text = sql.replace(TOKEN, (piece, hidden: string | undefined, _tag: string | undefined, at: number) => {
    if (hidden !== undefined || (which === "numbered" && !/^\$\d/.test(piece))) return piece;
    if (piece === "`?`") return `alias_${++alias}`;
    if (piece.startsWith("`")) return piece;
    const before = sql.slice(Math.max(0, at - 40), at);
    const after = sql.slice(at + piece.length, at + piece.length + 20);
    if (/\b(?:LIMIT|OFFSET|TOP|SAMPLE)\s+(?:[\w?$%()@:]+\s*,\s*)?$/i.test(before)) return "1";
    if (/\bINTERVAL\s+$/i.test(before)) return "1";
    if (/\btoInterval\w+\s*\(\s*$/i.test(before)) return "1";
    if (/\w\s*\(\s*$/.test(before) && /^\s*\)\s*\(/.test(after)) return "0.5";
    return "NULL";
  });
  // Python drivers double the percent sign where there are parameters.
  return percent ? text.replaceAll("%%", "%") : text;
}
