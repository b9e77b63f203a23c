import { readFileSync } from "node:fs";
import { compare } from "../check/compatibility.ts";
import { judgeStatements, type EnvironmentView } from "../check/environment-view.ts";
import { fold } from "../check/fold.ts";
import { versionFacts } from "../check/version-facts.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { emptyState } from "../model/apply/index.ts";
import type { Environment, TableScale, Thresholds } from "../model/environment.ts";
import type { CodeAccess, Migration, Step, TransactionMode } from "../model/migration.ts";
import type { DynamicAccess, LiveVersion, Query } from "../model/query.ts";
import type { Finding, Severity } from "../model/report.ts";
import { wholeSpan } from "../text/span.ts";
import type { JudgedEnvironment, Judgement } from "./judge.ts";
import { RULES } from "./index.ts";
import { judge } from "./judge.ts";

/**
 * One story of a `<rule>.cases.sql`: migrations, who is live, where it runs, and what must be found. The last file is the release
 * under judgement, `-- release: FILE` lets it begin earlier; what comes before is applied.
 */
export interface Case {
  readonly rule: string;
  readonly name: string;
  readonly line: number;
  readonly migrations: readonly Migration[];
  /** The migrations as written, line by line. */
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly firstOfRelease: string;
  readonly environments: readonly Environment[];
  readonly versions: readonly LiveVersion[];
  /** `-- next: SQL`: what the version under judgement sends. */
  readonly next: LiveVersion | null;
  /** `-- retired: SQL`: what the newest version on record sends, which does not serve here. */
  readonly retired: LiveVersion | null;
  readonly expected: readonly Expectation[];
  /** `-- page: bad` or `-- page: good`: the example that the rule's page shows. */
  readonly page: "bad" | "good" | null;
  /** `-- majors: 17 18`: only these know the statement; null for all. */
  readonly majors: readonly number[] | null;
}

interface Expectation {
  readonly rule: string;
  readonly severity: Severity;
  /** Null: anywhere in the case. */
  readonly at: { readonly file: string; readonly line: number } | null;
}

export const THRESHOLDS: Thresholds = { largeRows: 1_000_000, hotReadsPerSecond: 1000, stallMs: 10 };

interface Draft {
  name: string;
  line: number;
  files: { name: string; lines: string[] }[];
  release: string | null;
  source: string;
  transaction: TransactionMode;
  reverse: Step["reverse"];
  environments: Environment[];
  versions: Map<string, { queries: Query[]; dynamic: DynamicAccess[] }>;
  postgres: number;
  anywhere: Expectation[];
  page: Case["page"];
  majors: Case["majors"];
}

/** @param precaution as a page shows them: with a lock timeout, so that the report is about the rule and not about its lack */
export function readCases(path: URL, rule: string, precaution = false): readonly Case[] {
  return parseCases(readFileSync(path, "utf8"), rule, precaution);
}

export function parseCases(text: string, rule: string, precaution = false): readonly Case[] {
  const drafts: Draft[] = [];
  text.split("\n").forEach((line, at) => {
    const start = /^-- case: (.+)$/.exec(line);
    if (start !== null) {
      drafts.push(emptyDraft(start[1] ?? "", at + 1));
      return;
    }
    const draft = drafts.at(-1);
    if (draft !== undefined) readLine(draft, line);
  });
  if (precaution) drafts.forEach((draft) => withLockTimeout(draft, rule));
  return drafts.map((draft) => finish(draft, rule));
}

function emptyDraft(name: string, line: number): Draft {
  return {
    name,
    line,
    files: [],
    release: null,
    source: "sql-dir",
    transaction: "none",
    reverse: "unknown",
    environments: [],
    versions: new Map(),
    postgres: 18,
    anywhere: [],
    page: null,
    majors: null,
  };
}

function readLine(draft: Draft, line: string): void {
  const file = /^-- (\S+\.sql)$/.exec(line);
  if (file !== null) {
    draft.files.push({ name: file[1] ?? "", lines: [] });
    return;
  }
  const directive = /^-- ([a-z-]+(?:\([^)]*\))?): ?(.*)$/.exec(line);
  if (directive === null || !readDirective(draft, directive[1] ?? "", directive[2] ?? "")) draft.files.at(-1)?.lines.push(line);
}

/** @returns false when the line is an ordinary comment of the migration */
function readDirective(draft: Draft, name: string, value: string): boolean {
  switch (name) {
    case "release":
      draft.release = value;
      return true;
    case "source":
      draft.source = value;
      return true;
    case "transaction":
      draft.transaction = value as TransactionMode;
      return true;
    case "reverse":
      draft.reverse = value as Step["reverse"];
      return true;
    case "postgres":
      draft.postgres = Number(value);
      return true;
    case "environment":
      draft.environments.push(readEnvironment(value, draft.postgres));
      return true;
    case "majors":
      draft.majors = value.split(" ").map(Number);
      return true;
    case "page":
      draft.page = value === "bad" || value === "good" ? value : null;
      return true;
    case "expect-somewhere":
      draft.anywhere.push(...readExpectations(value, null));
      return true;
    case "version":
      versionOf(draft, value);
      return true;
    case "found":
      versionOf(draft, "raw SQL").queries.push(readQuery(value, "certain"));
      return true;
    case "next":
    case "retired":
      versionOf(draft, name).queries.push(readQuery(value, "certain"));
      return true;
    case "live":
    case "live-latent":
      versionOf(draft, "v1").queries.push(readQuery(value, name === "live" ? "certain" : "latent"));
      return true;
    case "dynamic":
      versionOf(draft, "v1").dynamic.push({
        tables: value === "" ? [] : [value],
        reason: "getattr with a computed name",
        span: wholeSpan("app.py", ""),
      });
      return true;
    default:
      return false;
  }
}

function versionOf(draft: Draft, name: string): { queries: Query[]; dynamic: DynamicAccess[] } {
  const known = draft.versions.get(name);
  if (known !== undefined) return known;
  const version = { queries: [], dynamic: [] };
  draft.versions.set(name, version);
  return version;
}

/** `SELECT …` or `UPDATE t SET a = $1 | null`: every placeholder may then be NULL. */
function readQuery(value: string, use: Query["use"]): Query {
  const [sql = "", note = ""] = value.split(" | ");
  const verb = (/^\w+/.exec(sql)?.[0] ?? "").toLowerCase();
  const count = new Set(sql.match(/\$\d+/g)).size;
  return {
    sql,
    verb: verb === "select" || verb === "insert" || verb === "update" || verb === "delete" ? verb : "other",
    origin: `${verb} (app/models.py:12)`,
    span: null,
    params: Array.from({ length: count }, () => ({ column: null, null: note === "null" })),
    use,
    usedAt: null,
    callsPerSecond: null,
  };
}

/** `cloud rows(person)=2000000000 reads(person)=5000 postgres=13` or `local assume=small` */
function readEnvironment(value: string, postgres: number): Environment {
  const [name = "", ...settings] = value.split(/\s+/);
  const tables = new Map<string, TableScale>();
  let major = postgres;
  let server: string | null = null;
  let assume: Environment["assume"] = null;
  for (const setting of settings) {
    const [, key = "", table = "", amount = ""] = /^(\w+)(?:\(([\w.]+)\))?=([\w.]+)$/.exec(setting) ?? [];
    if (key === "postgres") major = Number(amount);
    else if (key === "server") server = amount;
    else if (key === "assume") assume = "small";
    else tables.set(table, withNumber(tables.get(table) ?? noScale(`public.${table}`), key, Number(amount)));
  }
  const profile = {
    format: "tread.scale/1" as const,
    collectedAt: "2026-11-21T08:00:00Z",
    server: { engine: "postgres" as const, version: server ?? `${major}.4` },
    tables: [...tables.values()],
  };
  return {
    name,
    postgres: major,
    postgresFrom: "environment",
    assume,
    profiles: tables.size === 0 ? [] : [profile],
    live: null,
    appliedThrough: null,
  };
}

function noScale(table: string): TableScale {
  const nothing = { bytes: null, indexBytes: null, readsPerSecond: null, writesPerSecond: null, longestTransactionSeconds: null };
  return { table, rows: 0, ...nothing, columns: [] };
}

function withNumber(table: TableScale, key: string, amount: number): TableScale {
  switch (key) {
    case "rows":
      return { ...table, rows: amount };
    case "reads":
      return { ...table, readsPerSecond: amount };
    case "writes":
      return { ...table, writesPerSecond: amount };
    case "bytes":
      return { ...table, bytes: amount };
    case "longest":
      return { ...table, longestTransactionSeconds: amount };
    default:
      throw new Error(`unknown setting in a case's environment: ${key}`);
  }
}

function readExpectations(value: string, at: Expectation["at"]): readonly Expectation[] {
  return value.split(",").map((item) => {
    const [rule = "", severity = "error"] = item.trim().split("@");
    return { rule, severity: severity as Severity, at };
  });
}

/** Not where the case is about timeouts, or where one would do harm. */
function withLockTimeout(draft: Draft, rule: string): void {
  const first = draft.release === null ? draft.files.length - 1 : draft.files.findIndex(({ name }) => name === draft.release);
  for (const { lines } of draft.files.slice(first)) {
    if (rule.includes("timeout") || !/\b(alter|create|drop|truncate)\b/i.test(lines.join("\n"))) continue;
    if (/concurrently|_timeout|^-- code:|^begin/im.test(lines.join("\n"))) continue;
    lines.unshift(`SET ${draft.transaction === "none" ? "" : "LOCAL "}lock_timeout = '2s';`);
  }
}

function finish(draft: Draft, rule: string): Case {
  const expected = [...draft.anywhere];
  const migrations = draft.files.map(({ name, lines }): Migration => {
    lines.forEach((line, at) => {
      const mark = /-- expect: (.+)$/.exec(line);
      if (mark !== null) expected.push(...readExpectations(mark[1] ?? "", { file: name, line: at + 1 }));
    });
    return {
      id: name.replace(/\.sql$/, ""),
      path: name,
      source: draft.source,
      database: "postgres",
      transaction: draft.transaction,
      steps: readSteps(name, lines, draft.reverse),
      down: "unknown",
      dependsOn: [],
      replaces: [],
      hash: name,
    };
  });
  const versions = [...draft.versions].map(([name, { queries, dynamic }]): LiveVersion => ({
    name,
    database: "postgres",
    queries,
    migrations: null,
    dynamic,
    problems: [],
    onRecord: name !== "raw SQL",
  }));
  const unnamed: Environment = { ...readEnvironment("default", draft.postgres) };
  return {
    rule,
    name: draft.name,
    line: draft.line,
    migrations,
    files: draft.files,
    firstOfRelease: (draft.release ?? draft.files.at(-1)?.name ?? "").replace(/\.sql$/, ""),
    environments: draft.environments.length === 0 ? [unnamed] : draft.environments,
    versions: versions.filter(({ name }) => name !== "next" && name !== "retired"),
    next: versions.find(({ name }) => name === "next") ?? null,
    retired: versions.find(({ name }) => name === "retired") ?? null,
    expected,
    page: draft.page,
    majors: draft.majors,
  };
}

/** `-- code: update person per_row whole_table` and `-- code: opaque REASON` stand for a code step; all else is SQL. */
function readSteps(file: string, lines: readonly string[], reverse: Step["reverse"]): readonly Step[] {
  const steps: Step[] = [];
  let sql: string[] = [];
  let from = 0;
  const flush = (next: number): void => {
    const text = sql.join("\n");
    const span = { ...wholeSpan(file, text), line: from + 1, endLine: next };
    if (text.trim() !== "") steps.push({ kind: "sql", sql: text, span, verbatim: true, operation: null, reverse, suppressions: [] });
    sql = [];
    from = next;
  };
  lines.forEach((line, at) => {
    const code = /^-- code: ([^-]\S*(?: [^-]\S*)*)/.exec(line);
    if (code === null) {
      sql.push(line);
      return;
    }
    flush(at);
    const span = { file, line: at + 1, column: 1, endLine: at + 1, endColumn: line.length + 1 };
    const [verb = "", table = "", ...how] = (code[1] ?? "").split(" ");
    const access: CodeAccess = {
      table: `public.${table}`,
      columns: [],
      verb: verb as CodeAccess["verb"],
      perRow: how.includes("per_row"),
      batched: how.includes("batched"),
      wholeTable: how.includes("whole_table"),
      span,
    };
    const facts = verb === "opaque" ? { opaque: "calls into another module", accesses: [] } : { opaque: null, accesses: [access] };
    steps.push({ kind: "code", language: "python", operation: "RunPython fill", span, reverse, suppressions: [], facts });
    from = at + 1;
  });
  flush(lines.length);
  return steps;
}

/** Folds, predicts and binds a case as `check` does. */
export function viewsOf(engine: PostgresEngine, story: Case): readonly EnvironmentView[] {
  const at = story.migrations.findIndex((migration) => migration.id === story.firstOfRelease);
  const applied = new Set(story.migrations.slice(0, at).map((migration) => migration.id));
  const releases = {
    applied,
    releaseOf: (id: string | null): string => (id === null || applied.has(id) ? "applied" : "new"),
    because: "the case says so",
    eachItsOwn: false,
  };
  const folded = fold(engine, story.migrations, emptyState(), new Map());
  const start = folded[at]?.statements[0]?.before ?? emptyState();
  return story.environments.map((environment) => {
    const judged = judgeStatements(engine, environment, folded, releases);
    const serving = story.versions.map((version) => ({ version, serves: "always" as const }));
    const compatibility = compare(engine, environment.name, serving, start, judged, false);
    return {
      environment,
      releases,
      versions: story.versions,
      applied: folded.slice(0, at).map(({ migration }) => migration),
      start,
      judged: judged.map((release) => release.map((statement) => ({ ...statement, breaks: compatibility.breaks.get(statement) ?? [] }))),
      judgedMigrations: folded.slice(at).map(({ migration }) => migration),
      compatibility,
      next: story.next,
      rollback: story.retired ?? story.versions.findLast((version) => version.onRecord !== false) ?? null,
    };
  });
}

/** Judges a case as `check` does. */
export function judgeCase(
  engine: PostgresEngine,
  story: Case,
  /** What a rehearsal is said to have seen differently. */
  disagreements: JudgedEnvironment["disagreements"] = () => [],
): Judgement {
  return judge(
    viewsOf(engine, story).map((view) => ({
      environment: view.environment,
      versions: view.versions,
      releases: view.judged,
      ...versionFacts(engine, view),
      disagreements,
      baseline: [...view.compatibility.baseline].flatMap(([version, broken]) => broken.map((query) => ({ ...query, version }))),
    })),
    THRESHOLDS,
    { rules: {}, presets: RULES.flatMap(({ id, preset }) => (id === story.rule && preset !== undefined ? [preset] : [])) },
  );
}

/** `0002.sql:3 drop-column@error`, sorted, so that two lists compare as text. */
export function spellFindings(findings: readonly Finding[], story: Case): readonly string[] {
  return findings
    .filter((finding) => counts(finding.rule, story))
    .map((finding) => `${placeOf(finding, story)} ${finding.rule}@${finding.severity}`)
    .sort();
}

export function spellExpected(story: Case): readonly string[] {
  return story.expected
    .map(({ at, rule, severity }) => `${at === null ? "somewhere" : `${at.file}:${at.line}`} ${rule}@${severity}`)
    .sort();
}

/** What is said beside many a hazard would drown what a case is about: it counts in its own cases, and where a case asks for it. */
const BESIDE: ReadonlySet<string> = new Set([
  "analyze-after-change",
  "cannot-roll-back",
  "create-trigger",
  "drop-trigger",
  "lock-timeout-too-long",
  "identifier-too-long",
  "combine-alters",
  "timeout-set-too-late",
  "ddl-and-data-in-one-migration",
  "missing-idle-in-transaction-timeout",
  "missing-lock-timeout",
  "missing-statement-timeout",
  "not-repeatable",
]);

function counts(rule: string, story: Case): boolean {
  // A preset's rules are on in the cases of each of them, and each is judged by its own.
  const isBeside = BESIDE.has(rule) || RULES.some(({ id, preset }) => id === rule && preset !== undefined);
  return !isBeside || story.rule === rule || story.expected.some((expectation) => expectation.rule === rule);
}

function placeOf(finding: Finding, story: Case): string {
  const { span } = finding;
  const marked = story.expected.find(
    ({ rule, at }) => rule === finding.rule && at !== null && at.file === span?.file && at.line >= span.line && at.line <= span.endLine,
  );
  if (marked?.at != null) return `${marked.at.file}:${marked.at.line}`;
  if (story.expected.some(({ rule, at }) => rule === finding.rule && at === null)) return "somewhere";
  return span === null ? "nowhere" : `${span.file}:${span.line}`;
}
