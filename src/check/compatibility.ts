import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { LiveVersion, Query } from "../model/query.ts";
import type { BrokenQuery, Cell } from "../model/report.ts";
import type { SchemaState } from "../model/schema.ts";

/** Each live version's queries against each schema on the way. */
export interface Compatibility {
  readonly steps: readonly string[];
  readonly cells: readonly Cell[];
  /** What fails from a statement on, and worked before it. */
  readonly breaks: ReadonlyMap<JudgedStatement, readonly VersionBreak[]>;
  /** Queries that fail before the first step, per version. */
  readonly baseline: ReadonlyMap<string, readonly BrokenQuery[]>;
  /** Queries whose fate could not be told, per version, with the reasons. */
  readonly unknown: ReadonlyMap<string, readonly { readonly query: Query; readonly reason: string }[]>;
}

/** When a version must fit: `always`, or only once everything has run (the working tree, which is deployed after the migrations). */
export interface ServingVersion {
  readonly version: LiveVersion;
  readonly serves: "always" | "at-the-end";
}

interface Schema {
  readonly step: string;
  readonly judged: JudgedStatement | null;
  /** The schema after the statement, and the one that others see once its transaction has committed. */
  readonly after: SchemaState;
  readonly visible: SchemaState;
}

export function stepKey(judged: JudgedStatement): string {
  return `${judged.migration.id}#${judged.statement.index}`;
}

export function compare(
  engine: PostgresEngine,
  environment: string,
  serving: readonly ServingVersion[],
  start: SchemaState,
  releases: readonly (readonly JudgedStatement[])[],
): Compatibility {
  const schemas: Schema[] = [{ step: "start", judged: null, after: start, visible: start }];
  for (const judged of releases.flat()) schemas.push({ step: stepKey(judged), judged, after: judged.after, visible: visibleAfter(judged, releases) });
  const cells: Cell[] = [];
  const breaks = new Map<JudgedStatement, VersionBreak[]>();
  const baseline = new Map<string, BrokenQuery[]>();
  const unknown = new Map<string, { query: Query; reason: string }[]>();

  for (const { version, serves } of serving) {
    const brokenAt = schemas.map((): BrokenQuery[] => []);
    const unknownAt = schemas.map(() => 0);
    for (const query of version.queries) {
      const fates = schemas.map((schema) => fateIn(engine, query, schema));
      const reason = fates.find((fate) => fate.kind === "unknown");
      if (reason?.kind === "unknown") (unknown.get(version.name) ?? setAndGet(unknown, version.name)).push({ query, reason: reason.reason });
      const failsAtStart = fates[0]?.kind === "fails";
      const firstWorks = fates.findIndex((fate) => fate.kind === "works");
      // Without a known release the walk begins at an empty schema: a query is judged from the step on that first lets it work.
      const adopted = failsAtStart && firstWorks > 0 && start.relations.size === 0 ? firstWorks : failsAtStart ? Infinity : 0;
      if (failsAtStart && adopted === Infinity && fates[0]?.kind === "fails" && serves === "always") {
        const broken = brokenQuery(query, fates[0].sqlstate, fates[0].message);
        (baseline.get(version.name) ?? setAndGet(baseline, version.name)).push(broken);
        brokenAt[0]?.push(broken);
      }
      fates.forEach((fate, at) => {
        if (fate.kind === "unknown") unknownAt[at] = (unknownAt[at] ?? 0) + 1;
        if (fate.kind !== "fails" || at < adopted || at === 0) return;
        const broken = brokenQuery(query, fate.sqlstate, fate.message);
        if (serves === "always") brokenAt[at]?.push(broken);
        else if (at === fates.length - 1) brokenAt[at]?.push(broken);
        const judged = schemas[at]?.judged ?? null;
        const staysBroken = serves === "always" || fates.slice(at).every((later) => later.kind === "fails");
        if (judged !== null && fates[at - 1]?.kind !== "fails" && staysBroken) {
          (breaks.get(judged) ?? setAndGet(breaks, judged)).push({ ...broken, version: version.name });
        }
      });
    }
    schemas.forEach(({ step }, at) => {
      if (serves === "at-the-end" && at !== schemas.length - 1) return;
      cells.push({ environment, version: version.name, step, queries: version.queries.length, unknown: unknownAt[at] ?? 0, broken: brokenAt[at] ?? [] });
    });
  }
  return { steps: schemas.map((schema) => schema.step), cells, breaks, baseline, unknown };
}

/**
 * Inside a transaction nobody else sees the schema between its statements: what one statement breaks and a later one of the same
 * transaction heals has broken nothing (a rename with a view put in its place).
 */
function visibleAfter(judged: JudgedStatement, releases: readonly (readonly JudgedStatement[])[]): SchemaState {
  const { transaction } = judged.statement;
  if (transaction === null) return judged.after;
  const release = releases.find((candidate) => candidate.includes(judged)) ?? [];
  const last = release.findLast((other) =>
    judged.migration.transaction === "all-pending"
      ? other.statement.transaction !== null
      : other.migration.id === judged.migration.id && other.statement.transaction === transaction,
  );
  return last?.after ?? judged.after;
}

function fateIn(engine: PostgresEngine, query: Query, schema: Schema): ReturnType<PostgresEngine["bind"]> {
  const after = engine.bind(query, schema.after);
  if (after.kind !== "fails" || schema.visible === schema.after) return after;
  const visible = engine.bind(query, schema.visible);
  return visible.kind === "fails" ? after : visible;
}

function brokenQuery(query: Query, sqlstate: string, error: string): BrokenQuery {
  return { query: query.sql, origin: query.origin, sqlstate, error, from: "static", use: query.use };
}

function setAndGet<K, V>(map: Map<K, V[]>, key: K): V[] {
  const list: V[] = [];
  map.set(key, list);
  return list;
}
