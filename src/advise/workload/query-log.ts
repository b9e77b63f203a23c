import { AdviseError } from "../errors.ts";
import { scanSql } from "./scan-sql.ts";
import type { PartOfWorkload } from "./sql-file.ts";
import type { WorkloadQuery } from "./workload.ts";

const HELP =
  'each line is {"query": "SELECT …", "count": 120, "database": "web", "readRows": 81920}; `tread advise --print-export` prints the query that writes it';

/**
 * An export of `system.query_log`: JSON lines, a JSON array, or ClickHouse's FORMAT JSON.
 * @throws AdviseError with the line that cannot be read
 */
export function readJsonWorkload(file: string, text: string): PartOfWorkload {
  const queries: WorkloadQuery[] = [];
  for (const { value, line } of records(file, text)) {
    const at = `${file}:${line}`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new AdviseError(`${at}: is not an object`, HELP);
    const record = value as Readonly<Record<string, unknown>>;
    const query = record["query"] ?? record["normalized_query"];
    if (typeof query !== "string" || query.trim() === "") throw new AdviseError(`${at}: has no "query"`, HELP);
    const count = numberOf(record["count"] ?? record["frequency"] ?? 1);
    if (count === null) throw new AdviseError(`${at}: "count" is no number`, HELP);
    const [statement] = scanSql(query).filter((found) => found.sql !== "");
    if (statement === undefined) continue;
    const name = record["name"];
    const database = record["database"] ?? record["current_database"];
    queries.push({
      name: typeof name === "string" && name !== "" ? name : `query ${queries.length + 1}`,
      sql: statement.sql,
      frequency: count,
      database: typeof database === "string" && database !== "" ? database : null,
      readRows: numberOf(record["readRows"] ?? record["read_rows"] ?? null),
      normalised: statement.placeholders.length > 0,
      file,
      line,
    });
  }
  return { queries, notes: [], isRate: false };
}

function* records(file: string, text: string): Generator<{ value: unknown; line: number }> {
  if (text.trimStart().startsWith("[")) {
    const list = parse(file, 1, text);
    for (const value of Array.isArray(list) ? list : []) yield { value, line: 1 };
    return;
  }
  const lines = text.split("\n");
  // FORMAT JSON is one object over many lines, with the rows under `data`.
  if (!isJson(lines[0] ?? "")) {
    const whole = parse(file, 1, text) as { data?: unknown };
    if (!Array.isArray(whole.data)) throw new AdviseError(`${file}: is one JSON object without "data"`, HELP);
    for (const value of whole.data as unknown[]) yield { value, line: 1 };
    return;
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== "") yield { value: parse(file, index + 1, line), line: index + 1 };
  }
}

function parse(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AdviseError(`${file}:${line}: is not JSON (${error instanceof Error ? error.message : String(error)})`, HELP);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** ClickHouse writes 64-bit integers as strings. */
function numberOf(value: unknown): number | null {
  if (value === null || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : null;
}
