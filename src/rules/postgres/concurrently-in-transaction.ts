import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sayTo } from "../words.ts";

export const concurrentlyInTransaction: Rule = {
  id: "concurrently-in-transaction",
  summary: "CONCURRENTLY inside a transaction fails",
  database: "postgres",
  kinds: ["create-index", "drop-index", "reindex", "detach-partition"],
  check(statement, context) {
    // REFRESH MATERIALIZED VIEW CONCURRENTLY is not in the list: Postgres allows it in a transaction.
    const concurrent = [
      ...changesOf(statement, "create-index").flatMap((change) =>
        change.concurrently ? [{ what: "CREATE INDEX", name: change.index.name }] : [],
      ),
      ...changesOf(statement, "drop-index").flatMap((change) => (change.concurrently ? [{ what: "DROP INDEX", name: change.name }] : [])),
      ...changesOf(statement, "reindex").flatMap((change) => (change.concurrently ? [{ what: "REINDEX", name: change.name }] : [])),
      ...changesOf(statement, "detach-partition").flatMap((change) =>
        change.concurrently ? [{ what: "DETACH PARTITION", name: change.partition }] : [],
      ),
    ];
    const [first] = concurrent;
    if (first === undefined || !context.inTransaction(statement)) return [];
    return [
      {
        severity: "error",
        about: first.name,
        message: `${first.what} CONCURRENTLY of ${named(first.name)} runs inside a transaction, where Postgres refuses it`,
        label: "SQLSTATE 25001",
        why: `it must commit by itself between its phases, so it cannot be part of a transaction; ${opener(statement.migration.transaction)}`,
        help: sayTo(statement, {
          sql: `put it into a migration of its own that runs outside of a transaction: ${outside(statement.migration.transaction)}`,
          django: "put it into a migration of its own with `atomic = False` on the Migration class (`AddIndexConcurrently` needs that too)",
        }),
        evidence: context.evidence(statement).filter((line) => line.kind === "error"),
        supersedes: ["statement-fails"],
      },
    ];
  },
};

type Mode = "per-migration" | "single-query" | "all-pending" | "none";

function opener(mode: Mode): string {
  switch (mode) {
    case "per-migration":
      return "the tool wraps the whole migration in one";
    case "single-query":
      return "several statements sent as one query are one implicit transaction";
    case "all-pending":
      return "the tool runs all pending migrations in one";
    case "none":
      return "the file opened one with BEGIN";
    default:
      return mode satisfies never;
  }
}

function outside(mode: Mode): string {
  switch (mode) {
    case "per-migration":
      return "goose `-- +goose NO TRANSACTION`, dbmate `transaction:false`, Flyway `executeInTransaction=false`, sqlx `-- no-transaction`";
    case "single-query":
      return "one statement in the file and nothing else";
    case "all-pending":
      return "this tool has no way to do so: run it by hand with psql, and record the migration as done";
    case "none":
      return "no BEGIN before it";
    default:
      return mode satisfies never;
  }
}
