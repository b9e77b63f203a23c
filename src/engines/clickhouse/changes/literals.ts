/** Rows are looked at as far as so many characters. */
const MOST = 100_000;

/** The items of every row of VALUES as they are written, in the first 100,000 characters. @param most rows that are asked for */
export function rowsOfValues(data: string, most: number = Infinity): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < data.length && i < MOST; i++) {
    const c = data[i] ?? "";
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === "'" || c === "`" || c === '"') quote = c;
    else if (c === "(" || c === "[" || c === "{") {
      if (depth === 0) start = i + 1;
      depth++;
    } else if (c === ")" || c === "]" || c === "}") {
      depth--;
      if (depth !== 0) continue;
      rows.push([...row, data.slice(start, i).trim()]);
      if (rows.length >= most) return rows;
      row = [];
    } else if (c === "," && depth === 1) {
      row.push(data.slice(start, i).trim());
      start = i + 1;
    }
  }
  return rows;
}

/** Values in the first row of VALUES, or null where it does not end within the first 100,000 characters. */
export function widthOf(data: string): number | null {
  return rowsOfValues(data, 1)[0]?.length ?? null;
}
