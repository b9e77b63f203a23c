import type { SqlFix } from "../contract.ts";

/** The statement is as it should be; the file has to let it run outside of a transaction. */
export const concurrentlyInTransaction: SqlFix = {
  id: "concurrently-in-transaction",
  rules: ["concurrently-in-transaction"],
  propose: () => ({ kind: "remedy", summary: "runs outside of a transaction", edits: [], outside: true }),
};
