import type { Rule } from "../rule.ts";
import { lateTimeouts } from "../timeouts.ts";

export const timeoutSetTooLate: Rule = {
  id: "timeout-set-too-late",
  summary: "a timeout is set after the statement that it should bound",
  database: "postgres",
  checkMigration({ statements }, context) {
    return lateTimeouts(statements, context).map(({ setting, set, before }) => ({
      severity: setting === "lock_timeout" ? ("warning" as const) : ("info" as const),
      statement: set.statement.index,
      about: setting,
      message: `${setting} is set after the statement that it should bound`,
      label: "holds for what follows, and not for what ran before",
      why: `statement ${before.statement.index + 1} of the migration has taken its lock without it by then: ${setting === "lock_timeout" ? "it waited as long as it had to, with everybody behind it" : "nothing ended its work"}`,
      help: "move it to the top of the migration",
      evidence: context.evidence(before).filter(({ kind }) => kind === "lock"),
      also: [{ span: before.statement.span, label: "runs without it" }],
    }));
  },
};
