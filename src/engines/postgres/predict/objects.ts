import { bareName } from "../../../model/schema.ts";
import { dropWithViews } from "./dropped-views.ts";
import { viewsOn } from "../../../model/apply/index.ts";
import { notInTransaction } from "./indexes.ts";
import type { Predictors, Work } from "./work.ts";

/** Types that extensions of the contrib package bring, as columns name them. */
const EXTENSION_TYPES: Readonly<Record<string, readonly string[]>> = {
  citext: ["citext"],
  hstore: ["hstore"],
  ltree: ["ltree", "lquery", "ltxtquery"],
  cube: ["cube"],
  isn: ["ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"],
  seg: ["seg"],
  intarray: ["query_int"],
  vector: ["vector", "halfvec", "sparsevec"],
  postgis: ["geometry", "geography"],
  lo: ["lo"],
};

/** Extensions, sessions, and what was not understood. */
export const objectPredictors: Predictors<
  | "create-extension"
  | "drop-extension"
  | "begin"
  | "commit"
  | "rollback"
  | "savepoint"
  | "release"
  | "rollback-to"
  | "set"
  | "prepare"
  | "deallocate"
  | "opaque"
> = {
  "create-extension"(change, work) {
    if (work.state.extensions.has(change.name) && change.lenient !== true) work.fail("42710", `extension "${change.name}" already exists`);
  },

  "drop-extension"(change, work) {
    if (!work.state.extensions.has(change.name)) {
      if (change.lenient !== true && work.state.complete) work.fail("42704", `extension "${change.name}" does not exist`);
      return;
    }
    const types = EXTENSION_TYPES[change.name] ?? [];
    for (const relation of work.state.relations.values()) {
      for (const column of relation.columns) {
        if (!types.includes(bareName(column.type.name))) continue;
        if (change.cascade !== true) return work.fail("2BP01", `cannot drop extension ${change.name} because other objects depend on it`);
        work.lock(relation.name, "AccessExclusive");
        for (const view of viewsOn(work.state, relation.name, column.name)) dropWithViews(view.name, work);
      }
    }
  },

  begin: () => {},
  commit: () => {},
  rollback: () => {},

  savepoint(_change, work) {
    if (!work.inTransaction) work.fail("25P01", "SAVEPOINT can only be used in transaction blocks");
  },
  release: (change, work) => needSavepoint(change.name, "RELEASE SAVEPOINT", work),
  "rollback-to": (change, work) => needSavepoint(change.name, "ROLLBACK TO SAVEPOINT", work),

  set(change, work) {
    if (change.value !== null && TIMEOUTS.has(change.setting) && !/^\s*-?\d+(?:\.\d+)?\s*(?:us|ms|s|min|h|d)?\s*$/.test(change.value))
      work.fail("22023", `invalid value for parameter "${change.setting}": "${change.value}"`);
    if (change.setting === "discard all" && work.inTransaction) notInTransaction("DISCARD ALL", work);
  },

  prepare: () => {},
  deallocate(change, work) {
    if (change.name !== null && work.state.session.prepared?.has(change.name) !== true && work.state.complete)
      work.fail("26000", `prepared statement "${change.name}" does not exist`);
  },
  opaque: () => {},
};

const TIMEOUTS = new Set([
  "lock_timeout",
  "statement_timeout",
  "idle_in_transaction_session_timeout",
  "transaction_timeout",
  "deadlock_timeout",
]);

/** Only the savepoints of a transaction that the statements themselves opened are known. */
function needSavepoint(name: string | undefined, command: string, work: Work): void {
  if (!work.inTransaction) return work.fail("25P01", `${command} can only be used in transaction blocks`);
  const { transaction } = work.state;
  if (transaction !== undefined && !transaction.savepoints.some((s) => s.name === (name ?? "")))
    work.fail("3B001", `savepoint "${name ?? ""}" does not exist`);
}
