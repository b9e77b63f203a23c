import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { StagedDrop } from "../../model/release.ts";
import { judgeClickHouse, knownOfClickHouse } from "../../review/deprecations/clickhouse/judge.ts";
import { clickHouseUses } from "../../review/deprecations/clickhouse/references.ts";
import type { Thing } from "../../review/drops/dependents.ts";
import { worstOf } from "../staged.ts";
import type { ClickHouseAnalysis } from "./analyse.ts";
import type { ClickHouseView } from "./view.ts";

/** What the releases on record say of what one change takes away; null where nothing is on record, or nothing goes. */
export type ClickHouseStagedDrops = (judged: ClickHouseJudged, change: ClickHouseChange) => StagedDrop | null;

/**
 * By environment. A drop in a migration is decided by the function that `tread deprecations` asks, in the schema as the statement meets it.
 * Environments in which nothing is on record are left out, and nothing is read where nothing goes.
 */
export async function clickHouseStagedDrops(analysis: ClickHouseAnalysis): Promise<ReadonlyMap<string, ClickHouseStagedDrops>> {
  const { options, engine, database } = analysis;
  const views = options.onRecord === undefined ? [] : analysis.views.filter(({ environment }) => environment.onRecord !== undefined);
  const things = views.flatMap(goingIn);
  if (things.length === 0) return new Map();
  const { clickHouseDropPlaces } = await import("./drop-places.ts");
  const { places, lookFor } = await clickHouseDropPlaces(analysis, views, false);
  const looked = lookFor(things);
  return new Map(
    places.map((place): readonly [string, ClickHouseStagedDrops] => {
      const known = new Map<ClickHouseChange, StagedDrop | null>();
      const { start } = place.view;
      const decide = (judged: ClickHouseJudged, change: ClickHouseChange): StagedDrop | null => {
        const { before } = judged;
        const decided = goingWith(change, before).map((thing) => {
          // Queries that an earlier statement broke can still be told at the start, where it has the thing.
          const live = holds(start, thing)
            ? place.live
            : place.live.map(({ version }) => clickHouseUses(engine, version, before, database));
          const here = { ...place, live, view: { ...place.view, start: before } };
          return judgeClickHouse(here, knownOfClickHouse(here, thing, { drops: DROPS.has(change.kind) }), looked(place, thing));
        });
        return decided.length === 0 ? null : worstOf(decided);
      };
      return [
        place.view.environment.name,
        (judged, change) => {
          let answer = known.get(change);
          if (answer === undefined) known.set(change, (answer = decide(judged, change)));
          return answer;
        },
      ];
    }),
  );
}

/** Rules that a person signs a drop with: what is signed with a reason is no doubt any more. */
const SIGNED: ReadonlySet<string> = new Set(["column-dropped", "rows-dropped"]);

/** Things taken away of which the releases on record cannot say that nothing uses them. */
export function clickHouseStagedDoubts(view: ClickHouseView, ask: ClickHouseStagedDrops | undefined): readonly string[] {
  if (ask === undefined || view.environment.onRecord?.doubt != null) return [];
  const doubts = view.judged.flat().flatMap((judged) => {
    const { changes, suppressions } = judged.statement;
    if (suppressions.some(({ rule, reason }) => reason !== null && SIGNED.has(rule))) return [];
    return changes.flatMap((change) => {
      const decided = isNew(view, judged, change) ? null : ask(judged, change);
      return decided?.verdict === "unknown" ? [decided.sentence] : [];
    });
  });
  return [...new Set(doubts)];
}

const DROPS: ReadonlySet<ClickHouseChange["kind"]> = new Set(["drop-column", "drop-table", "drop-database"]);

function goingWith(change: ClickHouseChange, before: ClickHouseState): readonly Thing[] {
  switch (change.kind) {
    case "drop-column":
    case "clear-column":
      return [{ table: change.table, column: change.column }].filter((thing) => holds(before, thing));
    case "drop-table":
    case "truncate":
      return [{ table: change.name, column: null }].filter((thing) => holds(before, thing));
    case "drop-database":
    case "truncate-database":
      return [...before.tables.values()]
        .filter(({ database }) => database === change.name)
        .map(({ name }): Thing => ({ table: name, column: null }));
    default:
      return [];
  }
}

function goingIn(view: ClickHouseView): readonly Thing[] {
  return view.judged.flat().flatMap(({ statement, before }) => statement.changes.flatMap((change) => goingWith(change, before)));
}

/** What the release under judgement made itself, nobody uses yet. */
function isNew(view: ClickHouseView, { migration, before }: ClickHouseJudged, change: ClickHouseChange): boolean {
  const release = view.releases.releaseOf(migration.id);
  return goingWith(change, before).every(({ table }) => {
    const origin = before.tables.get(table)?.origin.migration ?? null;
    return origin !== null && !view.releases.applied.has(origin) && view.releases.releaseOf(origin) === release;
  });
}

function holds(state: ClickHouseState, { table, column }: Thing): boolean {
  const known = state.tables.get(table);
  return known !== undefined && (column === null || known.columns.some(({ name }) => name === column));
}
