import { ImportTrouble } from "./columns.ts";

/** Rows of a question or a file: one object per row, keyed by the column's name. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Rows of a saved CSV or JSON file. JSON: a list of objects, or what Metabase's API answers (`data.rows` with `data.cols`).
 * @throws ImportTrouble saying what is wrong and where
 */
export async function rowsOfFile(name: string, text: string): Promise<readonly Row[]> {
  const clean = text.replace(/^\uFEFF/, "");
  if (clean.trim() === "") throw new ImportTrouble(`${name} is empty`, "save the question's result as CSV or JSON and name that file", 3);
  return /^\s*[[{]/.test(clean) ? rowsOfJson(name, clean) : await rowsOfCsv(name, clean);
}

export function rowsOfJson(name: string, text: string): readonly Row[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ImportTrouble(
      `${name} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      "a list of objects, one per table",
      3,
    );
  }
  return rowsOfValue(name, value);
}

/** @throws ImportTrouble with Metabase's own words when it answered with an error */
export function rowsOfValue(name: string, value: unknown): readonly Row[] {
  if (isObject(value)) {
    const failed = value["error"] ?? (value["status"] === "failed" ? (value["message"] ?? "the query failed") : undefined);
    if (failed !== undefined && failed !== null)
      throw new ImportTrouble(`${name}: the question failed: ${wordsOf(failed)}`, "run it in Metabase first", 3);
    const { data } = value;
    if (isObject(data) && Array.isArray(data["rows"]) && Array.isArray(data["cols"])) {
      const names = (data["cols"] as readonly unknown[]).map((col, i) =>
        isObject(col) ? wordsOf(col["display_name"] ?? col["name"]) : `column ${i + 1}`,
      );
      return (data["rows"] as readonly unknown[]).map((row) =>
        Object.fromEntries(names.map((key, i) => [key, Array.isArray(row) ? (row as unknown[])[i] : null])),
      );
    }
    for (const key of ["rows", "data", "results"]) {
      const inside = value[key];
      if (Array.isArray(inside)) return rowsOfValue(name, inside);
    }
  }
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new ImportTrouble(`${name} holds no list of rows`, 'expected [{"table": "person", "rows": 2004118230}, …]', 3);
  }
  if (value.length === 0) throw new ImportTrouble(`${name} holds no rows`, "an empty result says nothing about any table", 3);
  return value;
}

async function rowsOfCsv(name: string, text: string): Promise<readonly Row[]> {
  const { parse } = await import("csv-parse/sync");
  // Excel saves with semicolons where the comma is the decimal sign.
  const [head = ""] = text.split(/\r?\n/, 1);
  const delimiter = [",", ";", "\t"].reduce((best, candidate) =>
    head.split(candidate).length > head.split(best).length ? candidate : best,
  );
  try {
    const rows = parse(text, { columns: true, skip_empty_lines: true, trim: true, delimiter }) as readonly Row[];
    if (rows.length === 0)
      throw new ImportTrouble(`${name} holds a heading and no rows`, "an empty result says nothing about any table", 3);
    return rows;
  } catch (error) {
    if (error instanceof ImportTrouble) throw error;
    throw new ImportTrouble(
      `${name} cannot be read as CSV: ${error instanceof Error ? error.message : String(error)}`,
      "the first line names the columns",
      3,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function wordsOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
