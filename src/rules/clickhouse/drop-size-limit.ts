import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bytes, named } from "./words.ts";

/** `max_table_size_to_drop` and `max_partition_size_to_drop` of a server that says nothing else: 50 GB. */
const LIMIT_BYTES = 50_000_000_000;

export const dropSizeLimit: ClickHouseRule = clickHouseRuleFor(["drop-table", "truncate", "partition", "drop-database"], {
  id: "drop-size-limit",
  summary: "dropping more than 50 GB: the server refuses, to protect from exactly that",
  check(change, statement, context) {
    if (change.kind === "partition" && change.action !== "drop") return null;
    const names =
      change.kind === "drop-database"
        ? [...statement.before.tables.values()].filter(({ database }) => database === change.name).map(({ name }) => name)
        : [change.kind === "partition" ? change.table : change.name];
    const largest = names
      .map((name) => ({ name, bytes: context.size(name).bytes ?? 0 }))
      .reduce<{ readonly name: string; readonly bytes: number } | null>((best, one) => (one.bytes > (best?.bytes ?? 0) ? one : best), null);
    // Of a partition the profile tells no size of its own: only a table that is larger than the limit may hold one.
    if (largest === null || largest.bytes <= LIMIT_BYTES || change.kind === "partition") return null;
    return {
      severity: "error",
      about: largest.name,
      message: `${named(largest.name)} holds ${bytes(largest.bytes)}: the server refuses to drop more than 50 GB at once`,
      label: "code 359",
      why: "max_table_size_to_drop is the last thing between a wrong name and the data, so the statement fails with code 359, and what follows does not run.",
      help: "drop it partition by partition (DETACH first: a detached partition can be attached again); where it must go at once, a person sets max_table_size_to_drop for that one query, never the migration",
      evidence: [context.sizeEvidence(largest.name)],
      supersedes: ["refused"],
    };
  },
});
