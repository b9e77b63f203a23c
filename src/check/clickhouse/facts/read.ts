import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { ConfigError, type ConfigProblem } from "../../../config/config-error.ts";
import type { Fact } from "../../../rules/clickhouse/facts.ts";
import type { Span } from "../../../text/span.ts";

/** A file of answers is small; one of this size is something else (a dump, an export of rows). */
const LARGEST_BYTES = 64 * 1024 * 1024;
const SHOWN = 10;

/**
 * Reads a facts file: `tread.facts/1` as JSON or YAML, or what the server printed for the script of `--pre-checks` (one JSON object
 * per line with `query` and `value`).
 * @throws ConfigError (exit 2) for a file that is missing, or is neither
 */
export async function readFactsFile(cwd: string, path: string): Promise<readonly Fact[]> {
  const absolute = resolve(cwd, path);
  const file = relative(cwd, absolute).replaceAll("\\", "/") || path;
  let bytes: Buffer;
  try {
    bytes = readFileSync(absolute);
  } catch (error) {
    throw wrong(file, [problem(null, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, HOW)]);
  }
  if (bytes.length > LARGEST_BYTES) throw wrong(file, [problem(null, `${bytes.length} bytes: too large for a file of answers`, HOW)]);
  return readFacts(bytes.toString("utf8").replace(/^\uFEFF/, ""), file);
}

const HOW =
  "write the queries with `tread check --pre-checks FILE.sql`, run them with `clickhouse-client --queries-file FILE.sql > facts.jsonl`, and give that";

/** @throws ConfigError */
export async function readFacts(text: string, file: string): Promise<readonly Fact[]> {
  const start = text.trimStart();
  if (start === "") throw wrong(file, [problem(null, "the file is empty: it answers nothing", HOW)]);
  const rows = start.startsWith("{") ? (jsonLines(text, file) ?? (await document(text, file))) : await document(text, file);
  const problems: ConfigProblem[] = [];
  const facts: Fact[] = [];
  for (const { value, span, setting } of rows) {
    const read = factOf(value, span, setting);
    if ("query" in read) facts.push(read);
    else problems.push(read);
  }
  if (problems.length > 0) throw wrong(file, problems);
  return facts;
}

interface Row {
  readonly value: unknown;
  readonly span: Span;
  readonly setting: string;
}

/** One object per line, as JSONEachRow prints them; null where it is one object over several lines, or a `tread.facts/1` on one line. */
function jsonLines(text: string, file: string): readonly Row[] | null {
  const rows: Row[] = [];
  const problems: ConfigProblem[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const span: Span = { file, line: at + 1, column: 1, endLine: at + 1, endColumn: line.length + 1 };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      if (rows.length === 0) return null;
      problems.push(problem(span, "not a JSON object", 'each line is one answer: { "query": …, "value": … }'));
      continue;
    }
    if (rows.length === 0 && isObject(value) && ("format" in value || "facts" in value || "data" in value)) return null;
    rows.push({ value, span, setting: "" });
  }
  if (problems.length > 0) throw wrong(file, problems);
  return rows;
}

async function document(text: string, file: string): Promise<readonly Row[]> {
  const { readYaml } = await import("../../../config/read-yaml.ts");
  const read = readYaml(file, text, /^[[{]/.test(text.trimStart()) ? "json" : "yaml");
  if ("errors" in read)
    throw wrong(
      file,
      read.errors.map((error) => ({ ...error, setting: "" })),
    );
  const { value } = read;
  const row =
    (key: string | null) =>
    (item: unknown, at: number): Row => ({
      value: item,
      span: read.span(key === null ? [at] : [key, at], "value"),
      setting: key === null ? `[${at}]` : `${key}[${at}]`,
    });
  if (Array.isArray(value)) return value.map(row(null));
  if (!isObject(value)) throw wrong(file, [problem(read.span([], "value"), "neither a list of answers nor a `tread.facts/1`", HOW)]);
  // `FORMAT JSON` of a client wraps the rows.
  if (Array.isArray(value["data"]) && !("format" in value)) return value["data"].map(row("data"));
  const problems: ConfigProblem[] = [];
  if (value["format"] !== "tread.facts/1")
    problems.push({ span: read.span(["format"], "value"), setting: "format", message: `expected "tread.facts/1"`, help: HOW });
  if (!Array.isArray(value["facts"]))
    problems.push({ span: read.span(["facts"], "value"), setting: "facts", message: "expected a list of answers", help: "" });
  for (const key of Object.keys(value)) {
    if (key !== "format" && key !== "facts" && key !== "$schema")
      problems.push({
        span: read.span([key], "key"),
        setting: key,
        message: "there is no such key",
        help: "known are `format` and `facts`",
      });
  }
  if (problems.length > 0 || !Array.isArray(value["facts"])) throw wrong(file, problems);
  return value["facts"].map(row("facts"));
}

function factOf(value: unknown, span: Span, setting: string): Fact | ConfigProblem {
  const bad = (message: string, help = ""): ConfigProblem => ({ span, setting, message, help });
  if (!isObject(value)) return bad("expected an object with `query` and `value`");
  const { query, at = null, host = null } = value;
  if (typeof query !== "string" || query.trim() === "")
    return bad("`query` is missing: an answer counts for the query that it answers", "the text as tread printed it; spaces do not matter");
  const rows = countOf(value["value"]);
  if (rows === null)
    return bad(`\`value\` is ${spell(value["value"])}: expected the number that the query answered`, "0 or more, as the server printed it");
  if (at !== null && (typeof at !== "string" || Number.isNaN(Date.parse(withZone(at)))))
    return bad(`\`at\` is ${spell(at)}: expected a time such as "2026-11-21T08:00:00Z"`);
  if (host !== null && typeof host !== "string") return bad(`\`host\` is ${spell(host)}: expected a name`);
  return { query, value: rows, at: at === null ? null : withZone(at), host, span };
}

/** ClickHouse prints `2026-11-21 08:00:00` where it is not asked for ISO 8601; the script asks for UTC. */
function withZone(at: string): string {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(at) ? `${at.replace(" ", "T")}Z` : at;
}

/** UInt64 comes as text where `output_format_json_quote_64bit_integers` is on. */
function countOf(value: unknown): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

function spell(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(span: Span | null, message: string, help: string): ConfigProblem {
  return { span, setting: "", message, help };
}

function wrong(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const more = problems.length - SHOWN;
  const shown = problems.slice(0, SHOWN);
  return new ConfigError(`the facts file ${file}`, more > 0 ? [...shown, problem(null, `and ${more} more like these`, "")] : shown);
}
