import { inOrderOfUse, withoutSecrets } from "./statements.ts";

/** What a file of definitions came as. */
export type DumpFormat = "sql" | "tab-separated" | "json" | "csv";

export interface Dump {
  /** One statement after the other, each ended by a semicolon. */
  readonly sql: string;
  readonly format: DumpFormat;
  /** True where `sql` is the file's own text, so that places in it are places in the file. */
  readonly verbatim: boolean;
}

const STARTS = /^\s*(?:CREATE|ATTACH)\s/i;

/**
 * The statements of a file with what a server holds: CREATE statements as they are, `SHOW CREATE` as `clickhouse-client` prints it
 * (TabSeparated with `\n` and `\'` written out, or JSON, or CSV), or an export of `create_table_query` from `system.tables` in one of
 * these. What is none of them is given back as it is, for the parser to say what is wrong.
 */
export function readDump(text: string): Dump {
  const json = fromJson(text);
  if (json !== null) return { sql: joined(json), format: "json", verbatim: false };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const csv = fromCsv(text, lines);
  if (csv !== null) return { sql: joined(csv), format: "csv", verbatim: false };
  const tabs = fromTabSeparated(lines);
  if (tabs !== null) return { sql: joined(tabs), format: "tab-separated", verbatim: false };
  const hidden = withoutSecrets(text);
  return { sql: hidden, format: "sql", verbatim: hidden === text };
}

function joined(statements: readonly string[]): string {
  return inOrderOfUse(statements.map((sql) => sql.trim().replace(/;$/, "")))
    .map((sql) => `${withoutSecrets(sql)};\n`)
    .join("\n");
}

/** JSONEachRow, JSON (`data`), an array; the statement is in whichever value begins as one. */
function fromJson(text: string): string[] | null {
  const head = text.trimStart();
  if (!head.startsWith("{") && !head.startsWith("[")) return null;
  const rows: unknown[] = [];
  try {
    const value: unknown = JSON.parse(head);
    rows.push(...(Array.isArray(value) ? value : [value]));
  } catch {
    try {
      for (const line of head.split("\n")) if (line.trim() !== "") rows.push(JSON.parse(line.trim().replace(/,$/, "")));
    } catch {
      return null;
    }
  }
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      if (STARTS.test(value)) found.push(value);
    } else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) visit(item);
  };
  visit(rows);
  return found.length === 0 ? null : found;
}

/** A statement on one line with its line ends and quotes escaped: at least one field of the line, and no other line begins otherwise. */
function fromTabSeparated(lines: readonly string[]): string[] | null {
  const found: string[] = [];
  let escaped = false;
  for (const [index, line] of lines.entries()) {
    const fields = line.split("\t");
    const field = fields.find((each) => STARTS.test(each));
    if (field === undefined) {
      // Names of the columns, and their types.
      if (index < 2 && /^(?:statement|create_table_query|database|name|String|uuid|engine)(?:\t|$)/i.test(line)) continue;
      return null;
    }
    escaped ||= fields.length > 1 || /\\n|\\'/.test(field);
    found.push(unescaped(field));
  }
  // One-line statements with a semicolon each are plain SQL; `create_table_query` has none.
  return found.length > 0 &&
    (escaped || lines.every((line) => !line.trimEnd().endsWith(";"))) &&
    !lines.some((line) => /;\s*$/.test(line) && !/\\n/.test(line))
    ? found
    : null;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", b: "\b", f: "\f" };

function unescaped(field: string): string {
  return field.replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character);
}

/** Fields in double quotes, doubled inside; a field may go over several lines. */
function fromCsv(text: string, lines: readonly string[]): string[] | null {
  if (!lines.some((line) => /(?:^|,)"\s*(?:CREATE|ATTACH)\s/i.test(line))) return null;
  const found: string[] = [];
  for (const [, field = ""] of text.matchAll(/"((?:[^"]|"")*)"/g)) {
    const value = field.replaceAll('""', '"');
    if (STARTS.test(value)) found.push(value);
  }
  return found.length === 0 ? null : found;
}
