import type { Rule } from "../rule.ts";
import { onlineForm } from "../online-form.ts";
import { whoWaits, workEvidence } from "../work.ts";
import { named } from "../words.ts";

/** Whatever the statement is called: its effects say that it reads an existing table, or builds an index on it, while others wait. */
export const scanUnderLock: Rule = {
  id: "scan-under-lock",
  summary: "a statement reads every row of a table, or builds an index on it, under a lock",
  database: "postgres",
  check(statement, context) {
    return context
      .blockingWork(statement)
      .filter((work) => work.kind !== "rewrite")
      .map((work) => ({
        severity: context.workSeverity(work.table),
        about: work.table,
        message: `${work.kind === "scan" ? "reads every row of" : "builds an index on"} ${named(work.table)} under a lock`,
        label: work.mode === "AccessExclusive" ? "reads and writes wait meanwhile" : "writes wait meanwhile",
        why: whoWaits(context, work),
        help: onlineForm(statement),
        evidence: workEvidence(statement, context, [work.table]),
        supersedes: ["hot-table-alter"],
      }));
  },
};
