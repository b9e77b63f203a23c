import { blocksReads, spellLock } from "../../model/effects.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { rowsOf } from "../work.ts";
import { named, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const validateInSameTransaction: Rule = ruleFor("validate-constraint", {
  id: "validate-in-same-transaction",
  summary: "VALIDATE CONSTRAINT while the transaction still holds the lock of NOT VALID or of another change",
  check(change, statement, context) {
    const { table } = change;
    const read = context.effects(statement).scans.filter((name) => context.existedBefore(statement, name));
    const held = context.blockingLocksHeld(statement);
    const lock = held.find(({ relation }) => relation === table) ?? held.find(({ mode }) => blocksReads(mode)) ?? held[0];
    if (lock === undefined || read.length === 0) return null;
    const driven = read.includes(table) ? table : (read[0] ?? table);
    const from = context
      .earlierInTransaction(statement)
      .find((earlier) => context.blockingLocks(earlier).some(({ relation, mode }) => relation === lock.relation && mode === lock.mode));
    const added =
      from?.statement.changes.some((earlier) => earlier.kind === "add-constraint" && earlier.constraint.name === change.name) === true;
    const who = blocksReads(lock.mode) ? "reads and writes" : "writes";
    const validate = `ALTER TABLE ${sqlTable(table)} VALIDATE CONSTRAINT ${sqlName(change.name)};`;
    return {
      severity: context.workSeverity(driven),
      about: `${table}.${change.name}`,
      message: `${named(change.name)} is validated while the transaction holds ${spellLock(lock.mode)} on ${named(lock.relation)}`,
      label: `${who} on ${named(lock.relation)} wait until ${rowsOf(context, driven)} of ${named(driven)} ${context.size(driven).rows === null ? "is" : "are"} read`,
      why: sentences(
        added
          ? "NOT VALID and VALIDATE are two statements so that the long one can run without the lock of the short one. In one transaction the lock is kept until the end, and nothing is gained."
          : "VALIDATE by itself lets reads and writes through (SHARE UPDATE EXCLUSIVE). The lock of an earlier statement does not, and it is kept until the transaction ends.",
        `Here ${spellLock(lock.mode)} makes ${who} on ${named(lock.relation)} wait for the whole scan.`,
      ),
      help: sayTo(statement, {
        sql: `COMMIT before it, or a migration of its own: \`${validate}\``,
        django: `in a migration of its own (\`ValidateConstraint\` of \`django.contrib.postgres.operations\`, or \`migrations.RunSQL\`): \`${validate}\``,
      }),
      evidence: [
        {
          kind: "lock",
          text: `${spellLock(lock.mode)} on ${named(lock.relation)}, taken earlier in the transaction and held until it ends`,
          from: "static",
          value: { relation: lock.relation, mode: lock.mode },
        },
        ...context.evidence(statement, read),
        context.sizeEvidence(driven),
      ],
      supersedes: ["statement-after-access-exclusive"],
      ...(from === undefined ? {} : { also: [{ span: from.statement.span, label: "takes the lock" }] }),
    };
  },
});
