import { bareName, type ColumnRef } from "../../../model/schema.ts";
import type { Predictors, Work } from "./work.ts";

/** Objects that are no tables. They lock a table only where they depend on one. */
export const objectPredictors: Predictors<
  | "create-function"
  | "drop-function"
  | "create-sequence"
  | "drop-sequence"
  | "own-sequence"
  | "create-extension"
  | "drop-extension"
  | "begin"
  | "commit"
  | "rollback"
  | "savepoint"
  | "release"
  | "rollback-to"
  | "set"
  | "opaque"
> = {
  "create-function": () => {},
  "drop-function"(change, work) {
    for (const relation of work.state.relations.values()) {
      if (!relation.triggers.some((t) => t.function === change.name)) continue;
      if (change.cascade !== true) {
        work.fail("2BP01", `cannot drop function ${bareName(change.name)}() because other objects depend on it`);
        return;
      }
      work.lock(relation.name, "AccessExclusive");
    }
  },
  "create-sequence"(change, work) {
    owned(change.sequence.ownedBy, work);
  },
  "drop-sequence"(change, work) {
    const sequence = work.state.sequences.get(change.name);
    if (sequence === undefined && !change.ifExists && work.knowsAll(change.name)) {
      work.fail("42P01", `sequence "${bareName(change.name)}" does not exist`);
    }
    if (sequence?.ownedBy === null || sequence?.ownedBy === undefined) return;
    const table = work.state.relations.get(sequence.ownedBy.relation);
    const column = table?.columns.find((c) => c.name === sequence.ownedBy?.column);
    if (column?.default?.sql.includes(bareName(change.name)) === true) {
      work.fail("2BP01", `cannot drop sequence ${bareName(change.name)} because other objects depend on it`);
    }
  },
  "own-sequence"(change, work) {
    owned(change.ownedBy, work);
  },
  "create-extension": () => {},
  "drop-extension": () => {},
  begin: () => {},
  commit: () => {},
  rollback: () => {},
  savepoint: () => {},
  release: () => {},
  "rollback-to": () => {},
  set: () => {},
  opaque: () => {},
};

/** OWNED BY looks at the table and keeps it locked (measured on 18.4). */
function owned(ref: ColumnRef | null, work: Work): void {
  if (ref !== null) work.lock(ref.relation, "AccessShare");
}
