import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";

export const swapPerHost: ClickHouseRule = clickHouseRuleFor(["exchange-tables", "rename-table"], {
  id: "swap-per-host",
  summary: "EXCHANGE or RENAME of a Replicated table: it is not replicated, so replicas answer differently meanwhile",
  check(change, statement, context): ClickHouseHazard | null {
    const known = context.table(statement, change.name);
    if (
      known?.engine?.replicated !== true ||
      !context.existedBefore(statement, change.name) ||
      context.effectsOf(statement, change).error !== null
    )
      return null;
    const inPath =
      change.kind === "rename-table" &&
      (known.engine.args[0]?.sql.includes("{table}") === true || known.engine.args[0]?.sql.includes("{database}") === true);
    return {
      severity: inPath ? "error" : "warning",
      about: change.name,
      message: `${change.kind === "exchange-tables" ? "EXCHANGE" : "RENAME"} of ${named(change.name)} happens on one host${inPath ? ", and its path in Keeper is made of its name" : ""}`,
      label: "names are not replicated",
      why: inPath
        ? "{database} and {table} in the path are filled in from the name: after a restart the renamed table looks for itself under another path."
        : "Replication carries rows and columns, not names. Until every host has done it a query answers from the old table or the new, as the replica happens to be: 40 or 20 rows in a test.",
      help: inPath
        ? "a path that does not hold the name ({uuid}, or a fixed one): a new table with it, the rows attached partition by partition, EXCHANGE"
        : "on every host in turn, with both tables written in both directions from before the first until after the last",
      evidence: [],
    };
  },
});
