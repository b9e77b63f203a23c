/** How a statement begins; no row of CSV, TSV or JSON does. */
const statementHead =
  /^\s*(?:(?:CREATE|ATTACH)\s+(?:OR\s+REPLACE\s+)?(?:TEMPORARY\s+|MATERIALIZED\s+)?(?:TABLE|VIEW|DATABASE|DICTIONARY|FUNCTION|USER|ROLE)|ALTER\s+TABLE|DROP\s+(?:TABLE|VIEW|DATABASE|DICTIONARY|FUNCTION)|INSERT\s+INTO|RENAME\s+TABLE|EXCHANGE\s+TABLES|TRUNCATE\s+TABLE|OPTIMIZE\s+TABLE|SELECT\s|SYSTEM\s)/i;

/**
 * Where the data behind `INSERT INTO … FORMAT name` ends. Sent over HTTP it is all that follows; clickhouse-client ends it at the first
 * line break. So that neither a second line of data becomes a mistake nor a statement behind the data is taken for data and never looked at,
 * it ends at a semicolon that closes a line, or before a line that begins as a statement does.
 */
export function endOfInlineData(sql: string, from: number): number {
  for (let start = from; start < sql.length;) {
    const lineEnd = sql.indexOf("\n", start);
    const end = lineEnd === -1 ? sql.length : lineEnd;
    const line = sql.slice(start, end);
    if (start > from && statementHead.test(line.slice(0, 200))) return start;
    const semicolon = /;\s*$/.exec(line.slice(-200));
    if (semicolon !== null) return end - semicolon[0].length;
    start = end + 1;
  }
  return sql.length;
}
