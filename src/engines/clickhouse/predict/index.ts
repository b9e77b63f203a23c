import { applyClickHouse } from "../../../model/clickhouse/apply/index.ts";
import type { ClickHouseChange, ClickHouseChangeKind } from "../../../model/clickhouse/change.ts";
import { SILENT_KINDS, type ClickHouseClass, type ClickHouseEffects, type SilentCorruption } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { ClickHousePredictOptions } from "../engine.ts";
import { columnPredictors } from "./columns.ts";
import { dataPredictors } from "./data.ts";
import { keyPredictors } from "./keys.ts";
import { objectPredictors } from "./objects.ts";
import { metadata, refused, type Outcome, type Predictors, type Scene } from "./outcome.ts";
import { propertyPredictors } from "./properties.ts";
import { statementSettingsProblem } from "./settings.ts";
import { workOf } from "./size.ts";
import { tablePredictors } from "./tables.ts";
import { takingPredictors } from "./taking.ts";
import { chainDamage } from "./views.ts";

const predictors: Predictors<ClickHouseChangeKind> = {
  ...columnPredictors,
  ...takingPredictors,
  ...keyPredictors,
  ...propertyPredictors,
  ...dataPredictors,
  ...tablePredictors,
  ...objectPredictors,
};

const PREDICTED = { migration: null };
/** The heavier class stands for a statement of several commands. */
const WEIGHT: readonly ClickHouseClass[] = ["metadata", "at-merge", "mutation", "rebuild", "refused"];

/** What a statement does on a server of a version. Its changes take effect one after the other, and all or none of an ALTER. */
export function predictClickHouse(
  changes: readonly ClickHouseChange[],
  before: ClickHouseState,
  options: ClickHousePredictOptions,
): ClickHouseEffects {
  const since = (version: string): boolean => compareVersions(options.version, version) >= 0;
  let state = before;
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    const scene: Scene = { state, options, since, together: changes };
    const outcome = one(change, scene);
    outcomes.push(outcome);
    if (outcome.class === "refused") break;
    state = applyClickHouse(change, state, PREDICTED);
  }
  const stopped = outcomes.find((o) => o.class === "refused");
  if (stopped !== undefined) return combine([stopped], stopped.silent, options);
  const damage = chainDamage(changes, before, state);
  return combine(outcomes, [...outcomes.flatMap((o) => o.silent), ...damage], options);
}

function one(change: ClickHouseChange, scene: Scene): Outcome {
  if (change.since !== undefined && !scene.since(change.since.version)) {
    return refused(change.since.code, `${change.since.what} came with ${change.since.version}`);
  }
  if (change.cluster !== null && change.kind !== "opaque") {
    const database = "table" in change && typeof change.table === "string" ? change.table.split(".")[0] : undefined;
    if (database !== undefined && scene.state.databases.get(database)?.engine === "Replicated") {
      return refused(80, "It's not initial query. ON CLUSTER is not allowed for Replicated database");
    }
  }
  if (change.kind !== "create-table") {
    const bad = statementSettingsProblem(change.settings);
    if (bad !== null) return bad;
  }
  if (change.refused !== undefined) return refused(change.refused.code, change.refused.message);
  const predictor = predictors[change.kind] as (change: ClickHouseChange, scene: Scene) => Outcome;
  return predictor(change, scene);
}

function combine(outcomes: readonly Outcome[], found: readonly SilentCorruption[], options: ClickHousePredictOptions): ClickHouseEffects {
  const all = outcomes.length === 0 ? [metadata()] : outcomes;
  const heaviest = all.reduce((a, b) => (WEIGHT.indexOf(b.class) > WEIGHT.indexOf(a.class) ? b : a));
  const seen = new Set<string>();
  const ordered = found
    .filter((s) => {
      const key = `${s.kind} ${s.decidedBy ?? ""} ${s.what ?? ""}`;
      return seen.has(key) ? false : seen.add(key) !== undefined;
    })
    .toSorted((a, b) => SILENT_KINDS.indexOf(a.kind) - SILENT_KINDS.indexOf(b.kind));
  const [gravest = null, ...more] = ordered;
  const works = all.map((o) =>
    workOf(o, o.table === null ? null : (options.sizeOf?.(o.table) ?? null), o.table !== null && options.isEmpty(o.table)),
  );
  const sum = (values: readonly (number | null)[]): number | null =>
    values.every((v) => v !== null) ? values.reduce<number>((total, v) => total + (v ?? 0), 0) : null;
  const most = (values: readonly (number | null)[]): number | null =>
    values.every((v) => v !== null) ? Math.max(0, ...values.map((v) => v ?? 0)) : null;
  return {
    class: heaviest.class,
    silent: gravest,
    ...(more.length > 0 ? { moreSilent: more } : {}),
    blocks: heaviest.class === "mutation" ? "mutations-behind-it" : "none",
    columns: [...new Set(all.flatMap((o) => o.columns))].toSorted(),
    parts: heaviest.class === "refused" ? 0 : most(works.map((w) => w.parts)),
    bytesWritten: heaviest.class === "refused" ? 0 : sum(works.map((w) => w.bytesWritten)),
    error: heaviest.error,
  };
}

/** Of `25.8.14.1` and `25.8`: by their numbers, what is missing counts as 0. */
function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
