import { apply, treeOf } from "../../../model/apply/index.ts";
import type { Change, ChangeKind } from "../../../model/change.ts";
import type { PostgresEffects } from "../../../model/effects.ts";
import type { Origin, SchemaState } from "../../../model/schema.ts";
import type { PredictOptions } from "../engine.ts";
import { typePredictors } from "./change-type.ts";
import { columnPropertyPredictors } from "./column-properties.ts";
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
import { functionPredictors, keptByBody } from "./functions.ts";
import { reindexPredictors } from "./reindex.ts";
import { schemaPredictors } from "./schemas.ts";
import { sequencePredictors } from "./sequences.ts";
import { triggerPredictors } from "./triggers.ts";
import { truncatePredictors } from "./truncate.ts";
import { viewPredictors } from "./views.ts";
import { checkLabels } from "./enums.ts";
import { renameConstraintPredictors } from "./renames.ts";
import { Work, type Predictors } from "./work.ts";

const predictors: Predictors<ChangeKind> = {
  ...tablePredictors,
  ...columnPredictors,
  ...columnPropertyPredictors,
  ...typePredictors,
  ...constraintPredictors,
  ...renameConstraintPredictors,
  ...indexPredictors,
  ...partitionPredictors,
  ...propertyPredictors,
  ...userTypePredictors,
  ...objectPredictors,
  ...dataPredictors,
  ...maintenancePredictors,
  ...viewPredictors,
  ...truncatePredictors,
  ...triggerPredictors,
  ...sequencePredictors,
  ...schemaPredictors,
  ...reindexPredictors,
  ...functionPredictors,
};

const NOBODY: Origin = { migration: null };

/**
 * What one statement does, from its changes in order and the schema before it. The first error ends the statement; the locks and the work
 * up to there stay, because the server does them before it fails.
 */
export function predict(changes: readonly Change[], before: SchemaState, options: PredictOptions): PostgresEffects {
  const work = new Work(before, options);
  work.becoming = new Map(
    changes.flatMap((change) => (change.kind === "change-type" ? [[`${change.table}.${change.column}`, change.type]] : [])),
  );
  work.dropping = new Set(changes.flatMap((change) => (change.kind === "drop-relation" ? [change.name] : [])));
  for (const [index, change] of changes.entries()) {
    work.conditional = change.conditional === true;
    work.only = change.only === true && "table" in change ? change.table : null;
    if (change.since !== undefined && options.version < change.since.major) {
      work.fail(change.since.sqlstate, `${change.since.what}: from PostgreSQL ${change.since.major} on`);
      break;
    }
    if (change.writesAs !== undefined && work.state.session.readOnly === true) {
      work.fail("25006", `cannot execute ${change.writesAs} in a read-only transaction`);
      break;
    }
    const predictor = predictors[change.kind] as (change: Change, work: Work) => void;
    predictor(change, work);
    work.refuse(change);
    checkLabels(change, work);
    keptByBody(change, work);
    if (work.failed) break;
    const isLast = index === changes.length - 1;
    const table = addsIndexes(change);
    // Nobody asks for the schema behind the last change, and making it is half of a prediction.
    if (isLast && table === null) break;
    const after = isLast && options.after !== undefined ? options.after : apply(change, work.state, NOBODY);
    if (table !== null) noteNewIndexes(table, work, after);
    work.state = after;
  }
  const [first] = changes;
  if (first?.kind !== undefined && "table" in first && first.table !== null) work.levelled(first.table);
  return work.effects;
}

/** Indexes that a change adds to tables that were there before: its own, those behind keys, and those of partitions. */
function noteNewIndexes(table: string, work: Work, after: SchemaState): void {
  if (after.relations === work.state.relations) return;
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
