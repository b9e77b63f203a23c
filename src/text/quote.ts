/** Quotes an SQL identifier for Postgres: `a"b` → `"a""b"`. Always quoted, so reserved words and capitals survive. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes an SQL string literal for Postgres with `standard_conforming_strings` on (the default since 9.1). */
export function quoteLiteral(value: string): string {
  return value.includes("\\") ? ` E'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'` : `'${value.replaceAll("'", "''")}'`;
}
