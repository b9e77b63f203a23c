import type { Fate, PostgresEngine } from "../engines/postgres/engine.ts";
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
  /** Queries of a version that serves at the end which fail then, although no statement breaks them: the schema never fitted it. */
  readonly unfit: readonly VersionBreak[];
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
  eachItsOwn: boolean,
): Compatibility {
  const visible = visibleSchemas(releases);
  const schemas: Schema[] = [{ step: "start", judged: null, after: start, visible: start }];
  for (const judged of releases.flat())
    schemas.push({ step: stepKey(judged), judged, after: judged.after, visible: visible.get(judged) ?? judged.after });
  const cells: Cell[] = [];
  const breaks = new Map<JudgedStatement, VersionBreak[]>();
  const baseline = new Map<string, BrokenQuery[]>();
  const unfit: VersionBreak[] = [];
  const unknown = new Map<string, { query: Query; reason: string }[]>();

  for (const { version, serves } of serving) {
    const brokenAt = schemas.map((): BrokenQuery[] => []);
    const unknownAt = schemas.map(() => 0);
    for (const query of version.queries) {
      const end = schemas.at(-1);
      // What is deployed at the end meets only the last schema. Thousands of queries fit it, and are not asked of 3,000 steps.
      const atEnd = serves === "at-the-end" && end !== undefined ? fateIn(engine, query, end) : null;
      if (atEnd?.kind === "works") continue;
      const fates = fatesOf(engine, query, atEnd?.kind === "unknown" ? schemas.slice(-1) : schemas);
      const reason = fates.find((fate) => fate.kind === "unknown");
      if (reason?.kind === "unknown")
        (unknown.get(version.name) ?? setAndGet(unknown, version.name)).push({ query, reason: reason.reason });
      const failsAtStart = fates[0]?.kind === "fails";
      const firstWorks = fates.findIndex((fate) => fate.kind === "works");
      // Without a known release the walk begins at an empty schema: a query is judged from the step on that first lets it work.
      const adopted = failsAtStart && firstWorks > 0 && eachItsOwn ? firstWorks : failsAtStart ? Infinity : 0;
      if (failsAtStart && adopted === Infinity && fates[0]?.kind === "fails" && serves === "always") {
        const broken = brokenQuery(query, fates[0].sqlstate, fates[0].message);
        (baseline.get(version.name) ?? setAndGet(baseline, version.name)).push(broken);
        brokenAt[0]?.push(broken);
      }
      const last = fates.at(-1);
      if (serves === "at-the-end" && version.onRecord !== false && last?.kind === "fails" && fates.every((fate) => fate.kind === "fails")) {
        const broken = brokenQuery(query, last.sqlstate, last.message);
        if (query.use === "certain") unfit.push({ ...broken, version: version.name, span: query.span });
        brokenAt.at(-1)?.push(broken);
      }
      // Where only the last schema was asked, that is the step it counts for.
      const asked = schemas.length - fates.length;
      fates.forEach((fate, at) => {
        if (fate.kind === "unknown") unknownAt[asked + at] = (unknownAt[asked + at] ?? 0) + 1;
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
      cells.push({
        environment,
        version: version.name,
        step,
        queries: version.queries.length,
        unknown: unknownAt[at] ?? 0,
        broken: brokenAt[at] ?? [],
      });
    });
  }
  return { steps: schemas.map((schema) => schema.step), cells, breaks, baseline, unfit, unknown };
}

/**
 * Inside a transaction nobody else sees the schema between its statements: what one statement breaks and a later one of the same
 * transaction heals has broken nothing (a rename with a view put in its place).
 */
function visibleSchemas(releases: readonly (readonly JudgedStatement[])[]): Map<JudgedStatement, SchemaState> {
  const visible = new Map<JudgedStatement, SchemaState>();
  releases.forEach((release, at) => {
    const committed = new Map<string, SchemaState>();
    for (const judged of release.toReversed()) {
      const { transaction } = judged.statement;
      if (transaction === null) continue;
      const group = judged.migration.transaction === "all-pending" ? `${at}` : `${judged.migration.id}#${transaction}`;
      const end = committed.get(group) ?? judged.after;
      committed.set(group, end);
      visible.set(judged, end);
    }
  });
  return visible;
}

function fatesOf(engine: PostgresEngine, query: Query, schemas: readonly Schema[]): readonly Fate[] {
  const fates: Fate[] = [];
  let previous: Schema | null = null;
  for (const schema of schemas) {
    const known = fates.at(-1);
    const unchanged = previous !== null && sameSchema(previous.after, schema.after) && sameSchema(previous.visible, schema.visible);
    fates.push(unchanged && known !== undefined ? known : fateIn(engine, query, schema));
    previous = schema;
  }
  return fates;
}

/** Folding shares what did not change, so identity is enough. */
function sameSchema(a: SchemaState, b: SchemaState): boolean {
  return a === b || (a.relations === b.relations && a.types === b.types && a.functions === b.functions);
}

function fateIn(engine: PostgresEngine, query: Query, schema: Schema): Fate {
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
