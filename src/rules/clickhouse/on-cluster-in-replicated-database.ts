import type { ClickHouseRule } from "./rule.ts";
import { named } from "./words.ts";

export const onClusterInReplicatedDatabase: ClickHouseRule = {
  id: "on-cluster-in-replicated-database",
  summary: "ON CLUSTER inside a Replicated database, which replicates the statement itself: refused",
  check(statement, context) {
    return statement.statement.changes.slice(0, 1).flatMap((change) => {
      if (change.cluster === null) return [];
      const name =
        change.kind === "create-table"
          ? change.table.name
          : "table" in change && typeof change.table === "string"
            ? change.table
            : "name" in change
              ? change.name
              : null;
      const database = name === null ? undefined : statement.before.databases.get(name.split(".")[0] ?? "");
      if (database?.engine !== "Replicated") return [];
      return [
        {
          severity: "error" as const,
          about: database.name,
          message: `ON CLUSTER in ${named(database.name)}, whose engine is Replicated`,
          label: "code 48 or 80, by version and configuration",
          why: "A Replicated database sends every statement to its replicas itself, and refuses one that is sent to all of them besides.",
          help: "leave ON CLUSTER out",
          evidence: context.evidence(statement),
          supersedes: ["on-cluster", "refused"],
        },
      ];
    });
  },
};
