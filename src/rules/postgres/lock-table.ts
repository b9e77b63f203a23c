import { spellLock } from "../../model/effects.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { counted, namedList, sqlTable } from "../words.ts";

export const lockTable: Rule = {
  id: "lock-table",
  summary: "LOCK TABLE makes others wait until the transaction ends",
  database: "postgres",
  kinds: ["lock-table"],
  check(statement, context) {
    if (context.effects(statement).error !== null) return [];
    return changesOf(statement, "lock-table").flatMap(({ tables, nowait }) => {
      const blocked = tables.filter(({ name, mode }) =>
        context.blockingLocks(statement).some((lock) => lock.relation === name && lock.mode === mode),
      );
      const [first] = blocked;
      if (first === undefined) return [];
      const after = context.laterInTransaction(statement).length;
      const names = blocked.map(({ name }) => name);
      const reads = first.mode === "AccessExclusive";
      return [
        {
          severity: "info" as const,
          message: `${spellLock(first.mode)} on ${namedList(names)} is held until the transaction ends`,
          label: after === 0 ? "nothing follows in the transaction" : `through ${counted(after, "statement")} after it`,
          why: `${reads ? "reads and writes" : "writes"} on ${namedList(names)} wait as long${nowait ? "" : ", and meanwhile behind this statement, as long as it waits for its own turn"}; long work under it is found by rules of its own`,
          help: `the weakest mode that does it: \`LOCK TABLE ${sqlTable(first.name)} IN SHARE ROW EXCLUSIVE MODE;\` lets reads through; take all locks in one order, with lock_timeout, and do nothing long before COMMIT`,
          evidence: context.evidence(statement, names),
        },
      ];
    });
  },
};
