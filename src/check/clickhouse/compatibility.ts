import type { ClickHouseEngine, ClickHouseFate } from "../../engines/clickhouse/engine.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { VersionBreak } from "../../model/judged.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import type { BrokenQuery, Cell } from "../../model/report.ts";

/** Each live version's ClickHouse queries against each schema on the way. There are no transactions: others see every step. */
export interface ClickHouseCompatibility {
  readonly steps: readonly string[];
  readonly cells: readonly Cell[];
  /** What fails from a statement on, and worked before it. */
  readonly breaks: ReadonlyMap<ClickHouseJudged, readonly VersionBreak[]>;
  readonly baseline: ReadonlyMap<string, readonly BrokenQuery[]>;
  readonly unknown: ReadonlyMap<string, readonly { readonly query: Query; readonly reason: string }[]>;
}

export function clickhouseStep(judged: ClickHouseJudged): string {
  return `${judged.migration.id}#${judged.statement.index}`;
}

/** @param eachItsOwn nothing is known to be applied: a query is judged from the step on that first lets it work */
export function compareClickHouse(
  engine: ClickHouseEngine,
  environment: string,
  versions: readonly LiveVersion[],
  start: ClickHouseState,
  releases: readonly (readonly ClickHouseJudged[])[],
  eachItsOwn: boolean,
  /** Of unqualified names in the queries. */
  database: string,
): ClickHouseCompatibility {
  const schemas: { readonly step: string; readonly judged: ClickHouseJudged | null; readonly state: ClickHouseState }[] = [
    { step: "start", judged: null, state: start },
    ...releases.flat().map((judged) => ({ step: clickhouseStep(judged), judged, state: judged.after })),
  ];
  const cells: Cell[] = [];
  const breaks = new Map<ClickHouseJudged, VersionBreak[]>();
  const baseline = new Map<string, BrokenQuery[]>();
  const unknown = new Map<string, { query: Query; reason: string }[]>();
  for (const version of versions) {
    const brokenAt = schemas.map((): BrokenQuery[] => []);
    const unknownAt = schemas.map(() => 0);
    for (const query of version.queries) {
      const fates = fatesOf(
        engine,
        query,
        schemas.map(({ state }) => state),
        database,
      );
      const lost = fates.find((fate) => fate.kind === "unknown");
      if (lost?.kind === "unknown") listIn(unknown, version.name).push({ query, reason: lost.reason });
      const failsAtStart = fates[0]?.kind === "fails";
      const firstWorks = fates.findIndex((fate) => fate.kind === "works");
      const adopted = failsAtStart && firstWorks > 0 && eachItsOwn ? firstWorks : failsAtStart ? Infinity : 0;
      if (adopted === Infinity && fates[0]?.kind === "fails") {
        const broken = brokenQuery(query, fates[0]);
        listIn(baseline, version.name).push(broken);
        brokenAt[0]?.push(broken);
      }
      fates.forEach((fate, at) => {
        if (fate.kind === "unknown") unknownAt[at] = (unknownAt[at] ?? 0) + 1;
        if (fate.kind !== "fails" || at < adopted || at === 0) return;
        const broken = brokenQuery(query, fate);
        brokenAt[at]?.push(broken);
        const judged = schemas[at]?.judged ?? null;
        if (judged !== null && fates[at - 1]?.kind !== "fails")
          listIn(breaks, judged).push({ ...broken, version: version.name, span: query.span });
      });
    }
    schemas.forEach(({ step }, at) =>
      cells.push({
        environment,
        version: version.name,
        step,
        queries: version.queries.length,
        unknown: unknownAt[at] ?? 0,
        broken: brokenAt[at] ?? [],
      }),
    );
  }
  return { steps: schemas.map(({ step }) => step), cells, breaks, baseline, unknown };
}

function fatesOf(engine: ClickHouseEngine, query: Query, states: readonly ClickHouseState[], database: string): readonly ClickHouseFate[] {
  const fates: ClickHouseFate[] = [];
  let previous: ClickHouseState | null = null;
  for (const state of states) {
    const known = fates.at(-1);
    // Folding shares what did not change, so identity is enough.
    const unchanged = previous !== null && previous.tables === state.tables && previous.functions === state.functions;
    fates.push(unchanged && known !== undefined ? known : engine.bind(query, state, database));
    previous = state;
  }
  return fates;
}

function brokenQuery(query: Query, fate: Extract<ClickHouseFate, { kind: "fails" }>): BrokenQuery {
  return { query: query.sql, origin: query.origin, sqlstate: fate.sqlstate, error: fate.message, from: "static", use: query.use };
}

function listIn<K, V>(map: Map<K, V[]>, key: K): V[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const list: V[] = [];
  map.set(key, list);
  return list;
}
