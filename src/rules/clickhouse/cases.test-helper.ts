import { readFileSync } from "node:fs";
import type { ClickHouseAnalysis } from "../../check/clickhouse/analyse.ts";
import { compareClickHouse } from "../../check/clickhouse/compatibility.ts";
import { foldClickHouse } from "../../check/clickhouse/fold.ts";
import { buildClickHouseReport, NOTHING_KNOWN } from "../../check/clickhouse/report.ts";
import { judgeClickHouse, largestReplica, type ClickHouseView } from "../../check/clickhouse/view.ts";
import { workloadByTable } from "../../check/clickhouse/workload.ts";
import type { EnvironmentConfig } from "../../config/parsed-config.ts";
import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { emptyClickHouseState } from "../../model/clickhouse/apply/index.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { TableScale, Thresholds } from "../../model/environment.ts";
import type { Migration } from "../../model/migration.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import type { Finding, Report, Severity } from "../../model/report.ts";
import { wholeSpan } from "../../text/span.ts";
import { Facts, type Fact } from "./facts.ts";

/**
 * One story of a `<rule>.cases.sql` about ClickHouse: migrations, who is live, where it runs, and what must be found. The last file is
 * the release under judgement; what comes before is applied. Tables are small unless an `-- environment:` says otherwise.
 */
export interface ClickHouseCase {
  readonly rule: string;
  readonly name: string;
  readonly migrations: readonly Migration[];
  readonly files: readonly { readonly name: string; readonly lines: readonly string[] }[];
  readonly environments: readonly EnvironmentConfig[];
  readonly version: LiveVersion | null;
  /** `-- facts: clear` answers every pre-check with 0, `-- facts: 7` with 7. */
  readonly facts: number | null;
  readonly workload: readonly { readonly name: string; readonly sql: string }[];
  readonly cluster: Cluster | null;
  readonly page: "bad" | "good" | null;
  readonly expected: readonly { readonly rule: string; readonly severity: Severity; readonly file: string; readonly line: number }[];
}

const THRESHOLDS: Thresholds = { largeRows: 1_000_000, hotReadsPerSecond: 1000, stallMs: 10 };

interface Draft {
  readonly name: string;
  readonly files: { name: string; lines: string[] }[];
  readonly environments: EnvironmentConfig[];
  readonly queries: Query[];
  readonly workload: { name: string; sql: string }[];
  facts: number | null;
  clickhouse: string | null;
  cluster: Cluster | null;
  page: ClickHouseCase["page"];
}

export function readClickHouseCases(path: URL, rule: string): readonly ClickHouseCase[] {
  const drafts: Draft[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const start = /^-- case: (.+)$/.exec(line);
    if (start !== null) {
      const name = start[1] ?? "";
      drafts.push({
        name,
        files: [],
        environments: [],
        queries: [],
        workload: [],
        facts: null,
        clickhouse: null,
        cluster: null,
        page: null,
      });
      continue;
    }
    const draft = drafts.at(-1);
    if (draft !== undefined) readLine(draft, line);
  }
  return drafts.map((draft) => finish(draft, rule));
}

function readLine(draft: Draft, line: string): void {
  const file = /^-- (\S+\.sql)$/.exec(line)?.[1];
  if (file !== undefined) {
    draft.files.push({ name: file, lines: [] });
    return;
  }
  const [, name = "", value = ""] = /^-- ([a-z]+): (.*)$/.exec(line) ?? [];
  switch (name) {
    case "environment":
      draft.environments.push(environmentOf(value));
      return;
    case "live":
      draft.queries.push(queryOf(value));
      return;
    case "facts":
      draft.facts = value === "clear" ? 0 : Number(value);
      return;
    case "clickhouse":
      draft.clickhouse = value;
      return;
    case "workload": {
      const [title = "", sql = ""] = value.split(" | ");
      draft.workload.push({ name: title, sql });
      return;
    }
    case "cluster":
      draft.cluster = clusterOf(value);
      return;
    case "page":
      draft.page = value === "bad" ? "bad" : "good";
      return;
    default:
      draft.files.at(-1)?.lines.push(line);
  }
}

/** `cloud rows(hits)=2000000000 bytes(hits)=… wide(hits)=120 compact(hits)=0 distinct(hits.url)=200` */
function environmentOf(value: string): EnvironmentConfig {
  const [name = "", ...settings] = value.split(/\s+/);
  const tables = new Map<string, TableScale>();
  for (const setting of settings) {
    const [, key = "", path = "", amount = ""] = /^(\w+)\(([\w.]+)\)=(\d+)$/.exec(setting) ?? [];
    const [short = "", column] = path.split(".");
    const table = `default.${short}`;
    const known = tables.get(table) ?? scaleOf(table);
    const number = Number(amount);
    tables.set(table, {
      ...known,
      ...(key === "rows" ? { rows: number } : {}),
      ...(key === "bytes" ? { bytes: number } : {}),
      ...(key === "wide" ? { wideParts: number } : {}),
      ...(key === "compact" ? { compactParts: number } : {}),
      ...(key === "free" ? { freeBytes: number } : {}),
      ...(column === undefined
        ? {}
        : { columns: [...known.columns, { column, type: null, nullFraction: null, distinct: number, averageBytes: null }] }),
    });
  }
  const server = { engine: "clickhouse" as const, version: "26.7.2.1" };
  const profile = { format: "tread.scale/1" as const, collectedAt: "2026-11-21T08:00:00Z", server, tables: [...tables.values()] };
  return { ...bare(name), assume: null, profiles: [profile] };
}

function scaleOf(table: string): TableScale {
  const nothing = { bytes: null, indexBytes: null, readsPerSecond: null, writesPerSecond: null, longestTransactionSeconds: null };
  return { table, rows: 0, ...nothing, columns: [] };
}

function bare(name: string): EnvironmentConfig {
  return {
    name,
    postgres: 18,
    postgresFrom: "default",
    assume: "small",
    profiles: [],
    live: null,
    appliedThrough: null,
    clickhouse: null,
    cluster: null,
    supports: null,
    scale: [],
  };
}

function queryOf(sql: string): Query {
  const verb = (/^\w+/.exec(sql)?.[0] ?? "").toLowerCase() === "insert" ? "insert" : "select";
  return { sql, verb, origin: "queries.sql:1", span: null, params: [], use: "certain", usedAt: null, callsPerSecond: null };
}

/** `main shards=2 replicas=2 macros=shard,replica internal=off` */
function clusterOf(value: string): Cluster {
  const [name = "", ...settings] = value.split(/\s+/);
  const given = new Map(settings.map((setting) => setting.split("=") as [string, string]));
  const macros = (given.get("macros") ?? "").split(",").filter((macro) => macro !== "");
  const count = (key: string): number[] => Array.from({ length: Number(given.get(key) ?? 1) }, (_, at) => at + 1);
  return {
    file: "cluster.yaml",
    tables: [],
    clusters: [
      {
        name,
        shards: count("shards").map((shard) => ({
          name: `${shard}`,
          internalReplication: given.get("internal") !== "off",
          replicas: count("replicas").map((replica) => ({
            host: `ch-${shard}-${replica}`,
            roles: ["data"],
            macros: Object.fromEntries(macros.map((macro) => [macro, macro === "replica" ? `${replica}` : `${shard}`])),
          })),
        })),
      },
    ],
  };
}

function finish(draft: Draft, rule: string): ClickHouseCase {
  const expected: ClickHouseCase["expected"][number][] = [];
  const migrations = draft.files.map(({ name, lines }): Migration => {
    for (const [at, line] of lines.entries()) {
      for (const item of /-- expect: (.+)$/.exec(line)?.[1]?.split(",") ?? []) {
        const [id = "", severity = "error"] = item.trim().split("@");
        expected.push({ rule: id, severity: severity as Severity, file: name, line: at + 1 });
      }
    }
    const sql = lines.join("\n");
    const span = { ...wholeSpan(name, sql), line: 1, endLine: lines.length };
    return {
      id: name.replace(/\.sql$/, ""),
      path: name,
      source: "sql-dir",
      database: "clickhouse",
      transaction: "none",
      steps: [{ kind: "sql", sql, span, verbatim: true, operation: null, reverse: "unknown", suppressions: [] }],
      down: "unknown",
      dependsOn: [],
      replaces: [],
      hash: name,
    };
  });
  const environments = draft.environments.length === 0 ? [bare("default")] : draft.environments;
  return {
    rule,
    name: draft.name,
    migrations,
    files: draft.files,
    environments: environments.map((one) => ({ ...one, clickhouse: draft.clickhouse })),
    version:
      draft.queries.length === 0
        ? null
        : { name: "v1", database: "clickhouse", queries: draft.queries, migrations: null, dynamic: [], problems: [] },
    facts: draft.facts,
    workload: draft.workload,
    cluster: draft.cluster,
    page: draft.page,
    expected,
  };
}

/** Checks a case as `tread check` does. */
export function reportOfCase(engine: ClickHouseEngine, story: ClickHouseCase): Report {
  const open = reportWith(engine, story, new Facts([]));
  if (story.facts === null) return open;
  // The server answers the very queries that the report prints.
  const value = story.facts;
  const span = wholeSpan("facts.jsonl", "");
  const facts = open.findings.flatMap(({ evidence }) =>
    evidence.flatMap((one): Fact[] =>
      one.kind === "query" && typeof one.value === "string"
        ? [{ query: one.value, value, at: "2026-11-22T08:00:00Z", host: null, span }]
        : [],
    ),
  );
  return reportWith(engine, story, new Facts(facts));
}

function reportWith(engine: ClickHouseEngine, story: ClickHouseCase, facts: Facts): Report {
  const views = viewsOf(engine, story);
  const config: ClickHouseAnalysis["options"]["config"] = {
    root: "/",
    file: null,
    sources: [],
    live: [],
    environments: story.environments,
    thresholds: THRESHOLDS,
    policy: { failOn: "error", onUnknown: "fail", review: [], rules: {}, presets: [] },
    workload: [],
  };
  return buildClickHouseReport(
    {
      options: { cwd: "/", paths: [], base: null, appliedThrough: null, live: [], config },
      engine,
      database: "default",
      migrations: story.migrations,
      views,
      problems: [],
      dumps: [],
      origin: { from: "migrations", name: null, applied: null },
    },
    "",
    {
      ...NOTHING_KNOWN,
      facts,
      clusters: new Map(story.cluster === null ? [] : story.environments.map(({ name }) => [name, story.cluster as Cluster])),
      workload: () =>
        story.workload.length === 0 ? null : workloadByTable(story.workload.map((query) => ({ ...query, frequency: null }))),
    },
    null,
  );
}

function viewsOf(engine: ClickHouseEngine, story: ClickHouseCase): readonly ClickHouseView[] {
  const last = story.migrations.at(-1)?.id ?? "";
  const applied = new Set(story.migrations.filter(({ id }) => id !== last).map(({ id }) => id));
  const releases = {
    applied,
    releaseOf: (id: string | null) => (id === null || applied.has(id) ? "(applied)" : "(new)"),
    eachItsOwn: false,
    because: "what stands before the last file is applied",
  };
  const folded = foldClickHouse(engine, story.migrations, emptyClickHouseState(), new Map());
  return story.environments.map((environment) => {
    const version = environment.clickhouse ?? "26.7";
    const judged = judgeClickHouse(engine, version, largestReplica(environment), folded, releases);
    const versions = story.version === null ? [] : [story.version];
    const start = judged.flat()[0]?.before ?? emptyClickHouseState();
    const compatibility = compareClickHouse(engine, environment.name, versions, start, judged, false, "default");
    return {
      environment,
      version,
      releases,
      versions,
      applied: folded.filter(({ migration }) => applied.has(migration.id)).map(({ migration }) => migration),
      held: [],
      start,
      judged: judged.map((release) => release.map((one) => ({ ...one, breaks: compatibility.breaks.get(one) ?? [] }))),
      judgedMigrations: folded.filter(({ migration }) => !applied.has(migration.id)).map(({ migration }) => migration),
      compatibility,
    };
  });
}

/** `0002.sql:1 narrowing-wraps@error`: what the case is about, and what it expects besides. */
export function spellClickHouseFindings(findings: readonly Finding[], story: ClickHouseCase): readonly string[] {
  const about = new Set([story.rule, ...story.expected.map(({ rule }) => rule)]);
  return findings
    .filter(({ rule }) => about.has(rule))
    .map(({ rule, severity, span }) => `${span?.file ?? ""}:${span?.line ?? 0} ${rule}@${severity}`)
    .sort();
}

export function spellClickHouseExpected(story: ClickHouseCase): readonly string[] {
  return story.expected.map(({ rule, severity, file, line }) => `${file}:${line} ${rule}@${severity}`).sort();
}
