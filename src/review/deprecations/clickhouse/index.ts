import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { dependentsOf } from "../../../engines/clickhouse/graph/index.ts";
import { usersOf } from "../../../engines/clickhouse/predict/column-users.ts";
import { analyseClickHouse } from "../../../check/clickhouse/analyse.ts";
import { clickHouseDropPlaces, servingNames } from "../../../check/clickhouse/drop-places.ts";
import type { ClickHouseView } from "../../../check/clickhouse/view.ts";
import type { LoadedSources } from "../../../check/load-sources.ts";
import type { CheckOptions } from "../../../check/options.ts";
import { profileWitness, type Environment } from "../../../model/environment.ts";
import type { Thing } from "../../drops/dependents.ts";
import type { DatedMark, DatedRelease } from "../history.ts";
import { datesOf } from "../history.ts";
import type { DeprecationItem, ItemVerdict } from "../item.ts";
import { keyOf } from "../objects.ts";
import { placeOf } from "../../drops/place.ts";
import type { SqlMark } from "../sql-marks.ts";
import { usesShown } from "../uses-shown.ts";
import type { EngineItems } from "../postgres.ts";
import { isOpen } from "../../drops/judge.ts";
import { judgeClickHouse, knownOfClickHouse, type ClickHousePlace } from "./judge.ts";
import { clickHouseMarks } from "./marks.ts";

/** What is marked or unused in ClickHouse. Its queries are known from `live:` entries and the workload. */
export async function clickHouseItems(
  options: CheckOptions,
  loaded: LoadedSources,
  releases: readonly DatedRelease[],
): Promise<EngineItems> {
  const { engine, views: judged, problems, database } = await analyseClickHouse(options, loaded);
  const views = judged.map(withEverything);
  const { config, cwd } = options;
  const texts = new Map<string, string | null>();
  const textOf = (file: string): string | null => {
    let text = texts.get(file);
    if (text === undefined) {
      text = read(resolve(cwd, file));
      texts.set(file, text);
    }
    return text;
  };
  const { places, lookFor } = await clickHouseDropPlaces({ options, engine, problems, database }, views, true);
  const marks = clickHouseMarks(views, textOf);
  const marked = new Map<string, SqlMark>(marks.map((mark) => [keyOf(mark), mark]));
  const things: readonly Thing[] = [...marked.values(), ...unused(places).filter((thing) => !marked.has(keyOf(thing)))];
  const dated = new Map<string, DatedMark>(
    [...marked].map(([key, { file, text }]) => [key, { file: resolve(cwd, file), inApp: file, probe: { owner: null, field: null, text } }]),
  );
  const { since } = datesOf(config.root, [...dated.values()], releases);
  const judgedThings = new Map(things.map((thing) => [thing, places.map((place) => ({ place, known: knownOfClickHouse(place, thing) }))]));
  const open = [...judgedThings].filter(([, all]) => all.some(({ known }) => isOpen(known))).map(([thing]) => thing);
  const looked = lookFor(open);
  const items = things.map((thing): DeprecationItem => {
    const key = keyOf(thing);
    const mark = marked.get(key) ?? null;
    const own = judgedThings.get(thing) ?? [];
    const verdicts = own.map(({ place, known }) => {
      const decided = judgeClickHouse(place, known, looked(place, thing));
      return [place.view.environment.name, decided] as const;
    });
    const cost = costOf(
      views.map(({ environment }) => environment),
      thing,
    );
    const when = dated.get(key);
    const found = when === undefined ? undefined : since.get(when);
    return {
      kind: thing.column === null ? "table" : "column",
      name: key,
      database: "clickhouse",
      marked: mark !== null,
      mark: mark === null ? null : { by: mark.by, text: mark.text, place: placeOf(mark) },
      since: found ?? { commit: null, release: null },
      uses: usesShown(own.flatMap(({ known }) => known.uses)),
      dependents: [...new Set(own.flatMap(({ known }) => known.dependents))],
      bytes: cost?.bytes ?? null,
      bytesFrom: cost?.from ?? null,
      verdicts: Object.fromEntries(verdicts.map(([name, { verdict }]): [string, ItemVerdict] => [name, verdict])),
      missing: Object.fromEntries(verdicts.map(([name, { missing }]) => [name, missing])),
      reasons: Object.fromEntries(verdicts.map(([name, { sentence }]) => [name, sentence])),
      safeSince: Object.fromEntries(verdicts.map(([name, { since }]) => [name, since])),
      notes: [],
    };
  });
  return {
    items,
    problems,
    environments: places.map((place) => ({
      name: place.view.environment.name,
      live: servingNames(place),
      doubt: place.nothing,
    })),
  };
}

/** Where nothing says what is applied, the schema after all migrations is looked at; nothing is called safe by it. */
function withEverything(view: ClickHouseView): ClickHouseView {
  if (!view.releases.eachItsOwn) return view;
  const start = view.judged.flat().at(-1)?.after ?? view.start;
  return { ...view, start, judged: [], applied: [...view.applied, ...view.judgedMigrations], judgedMigrations: [] };
}

/** Columns and tables that nothing asks for and nothing is made of, where it is known what asks. */
function unused(places: readonly ClickHousePlace[]): Thing[] {
  const found = new Map<string, Thing>();
  for (const { view, live, nothing } of places) {
    if (nothing !== null) continue;
    for (const known of view.start.tables.values()) {
      const { name: table, columns, kind } = known;
      if (kind !== "table") continue;
      // What views and Distributed tables read or fill is used by them.
      if (live.every((version) => version.of(table, null).length === 0) && dependentsOf(table, null, view.start).length === 0) {
        found.set(table, { table, column: null });
        continue;
      }
      for (const { name } of columns) {
        // Its rows are sorted, split or merged by it, whoever names it.
        if (usersOf(known, name).some((user) => user.kind === "key" || user.kind === "engine")) continue;
        if (live.some((version) => version.of(table, name).length > 0)) continue;
        if (dependentsOf(table, name, view.start).length > 0) continue;
        found.set(`${table}.${name}`, { table, column: name });
      }
    }
  }
  return [...found.values()];
}

/** Compressed on disk: the largest replica of each shard, over the shards. */
function costOf(environments: readonly Environment[], { table, column }: Thing): { readonly bytes: number; readonly from: string } | null {
  let largest: { bytes: number; from: string } | null = null;
  for (const { name, profiles } of environments) {
    for (const profile of profiles) {
      if (profile.server.engine !== "clickhouse") continue;
      const byShard = new Map<string, number>();
      for (const entry of profile.tables) {
        if (entry.table !== table) continue;
        const bytes = column === null ? entry.bytes : (entry.columns.find((one) => one.column === column)?.compressedBytes ?? null);
        const shard = String(entry.shard ?? "");
        if (bytes !== null) byShard.set(shard, Math.max(byShard.get(shard) ?? 0, bytes));
      }
      if (byShard.size === 0) continue;
      const bytes = [...byShard.values()].reduce((sum, one) => sum + one, 0);
      const shards = byShard.size > 1 ? ` on ${byShard.size} shards, one replica of each` : " on one replica";
      if (largest === null || bytes > largest.bytes) largest = { bytes, from: `compressed${shards} (${profileWitness(profile)}, ${name})` };
    }
  }
  return largest;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
