import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { milliseconds, named, sayTo } from "../words.ts";

export const concurrentlyUnderLockTimeout: Rule = ruleFor("create-index", {
  id: "concurrently-under-lock-timeout",
  summary: "a lock timeout ends CREATE INDEX CONCURRENTLY and leaves an invalid index",
  check(change, statement, context) {
    const timeout = context.lockTimeout(statement);
    if (!change.concurrently || timeout === null || context.inTransaction(statement)) return null;
    return {
      severity: "warning",
      about: change.index.name,
      message: `a lock timeout of ${milliseconds(timeout)} applies to CREATE INDEX CONCURRENTLY of ${named(bareName(change.index.name))}`,
      label: "gives up beside any transaction that is open longer",
      why: "between its phases it waits for every transaction that was open before, and blocks nobody meanwhile; the timeout ends that wait and leaves an INVALID index that costs writes and serves no query (measured on 13 to 18)",
      help: sayTo(statement, {
        sql: "`SET lock_timeout = 0;` before it, and the short timeout again after it",
        django: '`migrations.RunSQL("SET lock_timeout = 0", migrations.RunSQL.noop)` before it in the same migration (`atomic = False`)',
      }),
      evidence: [],
    };
  },
});
