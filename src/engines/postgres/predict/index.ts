import { apply, treeOf } from "../../../model/apply/index.ts";
import type { Change, ChangeKind } from "../../../model/change.ts";
import type { PostgresEffects } from "../../../model/effects.ts";
import type { Origin, SchemaState } from "../../../model/schema.ts";
import type { PredictOptions } from "../engine.ts";
import { typePredictors } from "./change-type.ts";
import { columnPredictors } from "./columns.ts";
import { constraintPredictors } from "./constraints.ts";
import { dataPredictors } from "./data.ts";
import { indexPredictors } from "./indexes.ts";
import { maintenancePredictors } from "./maintenance.ts";
import { objectPredictors } from "./objects.ts";
import { partitionPredictors } from "./partitions.ts";
import { propertyPredictors } from "./properties.ts";
import { tablePredictors } from "./tables.ts";
import { userTypePredictors } from "./types.ts";
import { Work, type Predictors } from "./work.ts";

const predictors: Predictors<ChangeKind> = {
  ...tablePredictors,
  ...columnPredictors,
  ...typePredictors,
  ...constraintPredictors,
  ...indexPredictors,
  ...partitionPredictors,
  ...propertyPredictors,
  ...userTypePredictors,
  ...objectPredictors,
  ...dataPredictors,
  ...maintenancePredictors,
};

const NOBODY: Origin = { migration: null };

/**
 * What one statement does, from its changes in order and the schema before it. The first error ends the statement; the locks and the work
 * up to there stay, because the server does them before it fails.
 */
export function predict(changes: readonly Change[], before: SchemaState, options: PredictOptions): PostgresEffects {
  const work = new Work(before, options);
  for (const change of changes) {
    work.conditional = change.conditional === true;
    work.only = change.only === true && "table" in change ? change.table : null;
    const predictor = predictors[change.kind] as (change: Change, work: Work) => void;
    predictor(change, work);
    if (work.failed) break;
    const after = apply(change, work.state, NOBODY);
    noteNewIndexes(change, work, after);
    work.state = after;
  }
  return work.effects;
}

/** Indexes that a change adds to tables that were there before: its own, those behind keys, and those of partitions. */
function noteNewIndexes(change: Change, work: Work, after: SchemaState): void {
  const table = addsIndexes(change);
  if (table === null || after.relations === work.state.relations) return;
  for (const relation of treeOf(after, table)) {
    const old = work.state.relations.get(relation.name)?.indexes ?? [];
    for (const index of relation.indexes) if (!old.some((i) => i.name === index.name)) work.build(relation.name, index.name);
  }
}

function addsIndexes(change: Change): string | null {
  if (change.kind === "add-constraint") return change.usingIndex === null ? change.table : null;
  if (change.kind === "create-index" || change.kind === "add-column") return change.table;
  return change.kind === "attach-partition" ? change.partition : null;
}
