import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { milliseconds, named, sayTo } from "../words.ts";

export const concurrentlyUnderStatementTimeout: Rule = {
  id: "concurrently-under-statement-timeout",
  summary: "a statement timeout ends what runs CONCURRENTLY half-way",
  database: "postgres",
  kinds: ["create-index", "reindex", "drop-index", "detach-partition"],
  check(statement, context) {
    const timeout = statement.before.session.statementTimeout ?? 0;
    const what = concurrent(statement);
    if (
      timeout === 0 ||
      what === null ||
      context.inTransaction(statement) ||
      (what.table !== null && !context.existedBefore(statement, what.table))
    )
      return [];
    if (what.table !== null && context.size(what.table).kind === "small") return [];
    return [
      {
        severity: "warning",
        message: `a statement timeout of ${milliseconds(timeout)} applies to ${what.command} of ${named(bareName(what.name))}`,
        label: "ends it half-way",
        why: `it reads the table twice and waits for every transaction that was open before, and blocks nobody meanwhile: that takes long, and should. The timeout ends it with SQLSTATE 57014 and leaves ${what.left}`,
        help: sayTo(statement, {
          sql: "`SET statement_timeout = 0;` before it (and `SET lock_timeout = 0;`), and both again after it",
          django:
            '`migrations.RunSQL("SET statement_timeout = 0", migrations.RunSQL.noop)` before it in the same migration (`atomic = False`)',
        }),
        evidence: what.table === null ? [] : [context.sizeEvidence(what.table)],
      },
    ];
  },
};

interface Concurrent {
  readonly command: string;
  readonly name: string;
  readonly table: string | null;
  readonly left: string;
}

function concurrent({ statement }: JudgedStatement): Concurrent | null {
  for (const change of statement.changes) {
    if (change.kind === "create-index" && change.concurrently)
      return {
        command: "CREATE INDEX CONCURRENTLY",
        name: change.index.name,
        table: change.table,
        left: "an INVALID index, which costs every write and serves no query",
      };
    if (change.kind === "reindex" && change.concurrently)
      return {
        command: "REINDEX CONCURRENTLY",
        name: change.name,
        table: null,
        left: "INVALID indexes with `_ccnew` or `_ccold` in their names",
      };
    if (change.kind === "drop-index" && change.concurrently)
      return {
        command: "DROP INDEX CONCURRENTLY",
        name: change.name,
        table: null,
        left: "an index that is INVALID and must be dropped again",
      };
    if (change.kind === "detach-partition" && change.concurrently)
      return {
        command: "DETACH PARTITION CONCURRENTLY",
        name: change.partition,
        table: change.table,
        left: "a partition that is half detached until DETACH … FINALIZE",
      };
  }
  return null;
}
