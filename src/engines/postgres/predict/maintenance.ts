import { treeOf } from "../../../model/apply/index.ts";
import type { LockMode } from "../../../model/effects.ts";
import { notInTransaction } from "./indexes.ts";
import type { Predictors } from "./work.ts";

/** Locks of commands on one table (their manual pages; COMMENT, CREATE STATISTICS: measured, reference 1.8, 121). */
const MODES: Readonly<Record<string, LockMode>> = {
  COMMENT: "ShareUpdateExclusive",
  VACUUM: "ShareUpdateExclusive",
  ANALYZE: "ShareUpdateExclusive",
  "CREATE STATISTICS": "ShareUpdateExclusive",
  "CREATE PUBLICATION": "ShareUpdateExclusive",
  "ALTER PUBLICATION": "ShareUpdateExclusive",
  "VACUUM FULL": "AccessExclusive",
  CLUSTER: "AccessExclusive",
  "ALTER INDEX ATTACH PARTITION": "AccessShare",
};

export const maintenancePredictors: Predictors<"maintenance"> = {
  maintenance(change, work) {
    const { command, table } = change;
    if (command.startsWith("VACUUM") && work.inTransaction) return notInTransaction("VACUUM", work);
    if ((command === "CREATE DATABASE" || command === "DROP DATABASE" || command === "ALTER SYSTEM") && work.inTransaction) return notInTransaction(command, work);
    if (table === null) {
      // Without a table: all of them.
      if (command === "VACUUM FULL") {
        for (const relation of work.state.relations.values()) {
          if (relation.kind === "view" || relation.kind === "foreign-table") continue;
          work.lock(relation.name, "AccessExclusive");
          work.rewrite(relation.name);
        }
      }
      return;
    }
    work.need(table);
    // GRANT opens the table from 18 on (measured 13–18).
    const granting = (command === "GRANT" || command === "REVOKE") && work.version >= 18;
    const mode = granting ? "AccessShare" : MODES[command];
    if (mode === undefined) return;
    if (command === "VACUUM FULL" || command === "CLUSTER") {
      const tree = treeOf(work.state, table);
      work.lock(table, mode);
      work.rewrite(table);
      for (const part of tree) {
        if (part.partitionOf === null && part.name !== table) continue;
        work.lock(part.name, mode);
        work.rewrite(part.name);
      }
      return;
    }
    if (command === "VACUUM" || command === "ANALYZE") work.lockTree(table, mode);
    else work.lock(table, mode);
  },
};
