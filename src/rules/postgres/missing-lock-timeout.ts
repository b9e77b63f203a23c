import { spellLock } from "../../model/effects.ts";
import { lockTimeoutLine } from "../advice.ts";
import type { Rule } from "../rule.ts";
import { lateTimeouts } from "../timeouts.ts";
import { named, sayTo, sentences } from "../words.ts";

export const missingLockTimeout: Rule = {
  id: "missing-lock-timeout",
  summary: "a statement waits for a lock without an end, and everybody waits behind it",
  database: "postgres",
  // Once per migration: one line at its top is the whole remedy.
  checkMigration(migration, context) {
    // One that is set too late is told where it is set.
    if (lateTimeouts(migration.statements, context).some(({ setting }) => setting === "lock_timeout")) return [];
    for (const statement of migration.statements) {
      const [lock] = context.blockingLocks(statement);
      if (lock === undefined || context.lockTimeout(statement) !== null) continue;
      const table = lock.relation;
      const line = lockTimeoutLine(context, context.isHot(table));
      const switchedOff = statement.before.session.lockTimeout === 0;
      return [
        {
          // On a laptop nobody stands in the queue.
          severity: context.environment.assume === "small" && context.traffic(table).witness === null ? "info" : "warning",
          statement: statement.statement.index,
          message: `${spellLock(lock.mode)} on ${named(table)} is waited for without a lock timeout`,
          label: "waits as long as any transaction on the table runs",
          why: sentences(
            `Behind one long transaction on ${named(table)} it waits, and every later query that its lock excludes waits behind it: that is how an instant ALTER becomes an outage.`,
            switchedOff && "The migration switches lock_timeout off.",
          ),
          help: sayTo(statement, {
            sql: `\`${line}\` before it, and run the migration again when it gives up; only CONCURRENTLY wants lock_timeout = 0, because a timeout leaves an INVALID index behind`,
            django: `\`migrations.RunSQL("${line.replace("SET ", "SET LOCAL ").replace(";", "")}", migrations.RunSQL.noop)\` as the first operation, or for all migrations \`PGOPTIONS='-c lock_timeout=2s' python manage.py migrate\` (Django's own \`OPTIONS = {"options": …}\` silently replaces PGOPTIONS)`,
          }),
          evidence: context.evidence(statement, [table]).filter((evidence) => evidence.kind === "lock"),
        },
      ];
    }
    return [];
  },
};
