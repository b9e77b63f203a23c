import type { Rule } from "../rule.ts";
import { onlineForm } from "../online-form.ts";
import { whoWaits, workEvidence } from "../work.ts";
import { named } from "../words.ts";

/** Whatever the statement is called: its effects say that it writes an existing table anew. */
export const rewriteUnderLock: Rule = {
  id: "rewrite-under-lock",
  summary: "a statement writes every row of a table again under a lock",
  database: "postgres",
  check(statement, context) {
    return context
      .blockingWork(statement)
      .filter((work) => work.kind === "rewrite")
      .map((work) => ({
        severity: context.workSeverity(work.table),
        about: work.table,
        message: `rewrites ${named(work.table)} under a lock`,
        label: "every row is written again, every index built again",
        why: `${whoWaits(context, work)} It needs free disk space for a second copy meanwhile.`,
        help: onlineForm(statement),
        evidence: workEvidence(statement, context, [work.table]),
        supersedes: ["hot-table-alter"],
      }));
  },
};
