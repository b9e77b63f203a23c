import { displayName } from "../../model/schema.ts";
import { refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { alterTable, isWord, spelled } from "../sql-statement.ts";

/**
 * CONCURRENTLY (14 and newer) leaves a CHECK that repeats the partition's bound on what was detached
 * (`DetachAddConstraintIfNeeded`, tablecmds.c), so that the schema afterwards is the same only where the table is dropped next.
 */
export const detachPartition: SqlFix = {
  id: "detach-partition",
  rules: ["detach-partition-blocking", "hot-table-alter", "scan-under-lock"],
  evenInfo: true,
  propose({ judged, statement, release, environments }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "detach-partition");
    const parts = alterTable(statement);
    if (change === undefined || change.concurrently || parts === null) return null;
    const action = parts.actions[0];
    const last = action?.at(-1);
    if (parts.actions.length !== 1 || last === undefined || isWord(last, "finalize", "concurrently") || !isWord(action?.[0], "detach"))
      return null;
    const { table, partition } = change;
    const [parent, child] = [displayName(table), displayName(partition)];
    const old = environments.filter((environment) => environment.postgres < 14);
    if (old.length > 0) {
      return refused(
        `PostgreSQL ${old[0]?.postgres} of ${old.map(({ name }) => `\`${name}\``).join(", ")} has no DETACH PARTITION CONCURRENTLY`,
        "SET lock_timeout before it, and run it again when it gives up",
      );
    }
    const isDefault = [...judged.before.relations.values()].find(
      (relation) => relation.partitionOf === table && relation.partitionBound?.toUpperCase() === "DEFAULT",
    );
    if (isDefault !== undefined) {
      return refused(
        `${parent} has the default partition ${displayName(isDefault.name)}, with which Postgres refuses CONCURRENTLY`,
        "SET lock_timeout before it, and run it again when it gives up",
      );
    }
    const here = release.indexOf(judged);
    const dropped = release
      .slice(here + 1)
      .some((later) => later.statement.changes.some((each) => each.kind === "drop-relation" && each.name === partition));
    if (!dropped) {
      return refused(
        `CONCURRENTLY would leave a CHECK on ${child} that repeats its bound`,
        `ALTER TABLE ${parent} DETACH PARTITION ${child} CONCURRENTLY, then drop that CHECK if rows outside of the bound are to go into ${child}`,
      );
    }
    const word = spelled(statement, "CONCURRENTLY");
    return {
      kind: "remedy",
      summary: `DETACH PARTITION → DETACH PARTITION … ${word}`,
      edits: [insertion(last.end, ` ${word}`)],
      outside: true,
    };
  },
};
