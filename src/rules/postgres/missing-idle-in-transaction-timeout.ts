import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { blocksReads, spellLock } from "../../model/effects.ts";
import { named } from "../words.ts";

export const missingIdleInTransactionTimeout: Rule = {
  id: "missing-idle-in-transaction-timeout",
  summary: "code runs between statements of a transaction that holds a blocking lock",
  database: "postgres",
  checkMigration({ statements }, context) {
    const set = statements.findIndex((statement) =>
      changesOf(statement, "set").some(
        ({ setting, value }) => setting === "idle_in_transaction_session_timeout" && value !== null && value !== "0",
      ),
    );
    const code = statements.find(
      (statement) =>
        statement.statement.kind === "code" && context.inTransaction(statement) && context.blockingLocksHeld(statement).length > 0,
    );
    if (code === undefined || (set !== -1 && set < statements.indexOf(code))) return [];
    const held = context.blockingLocksHeld(code);
    const [lock] = held.filter(({ mode }) => mode === "AccessExclusive").concat(held);
    if (lock === undefined) return [];
    return [
      {
        severity: "info",
        statement: code.statement.index,
        message: `while this code runs, the transaction is idle and holds ${spellLock(lock.mode)} on ${named(lock.relation)}`,
        label: "whatever it waits for, others wait for it",
        why: `${blocksReads(lock.mode) ? "reads and writes" : "writes"} on ${named(lock.relation)} wait as long as the code computes, calls another service or hangs; no timeout of a statement ends that, because no statement runs`,
        help: "the code in a migration of its own (in Django with `atomic = False`), before or after the one that locks; and for what cannot be split `SET LOCAL idle_in_transaction_session_timeout = '10s'`",
        evidence: [
          {
            kind: "lock",
            text: `${spellLock(lock.mode)} on ${named(lock.relation)}, taken earlier in the transaction and held until it ends`,
            from: "static",
            value: { relation: lock.relation, mode: lock.mode },
          },
        ],
      },
    ];
  },
};
