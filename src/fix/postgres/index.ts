import type { SqlFix } from "../contract.ts";
import { addCheckValidated } from "./add-check-validated.ts";
import { addForeignKeyValidated } from "./add-foreign-key-validated.ts";
import { addUniqueConstraint } from "./add-unique-constraint.ts";
import { concurrentlyIfNotExists } from "./concurrently-if-not-exists.ts";
import { concurrentlyInTransaction } from "./concurrently-in-transaction.ts";
import { concurrentlyUnderLockTimeout } from "./concurrently-under-lock-timeout.ts";
import { concurrentlyUnderStatementTimeout } from "./concurrently-under-statement-timeout.ts";
import { createIndexBlocking } from "./create-index-blocking.ts";
import { detachPartition } from "./detach-partition.ts";
import { dropIndexBlocking } from "./drop-index-blocking.ts";
import { missingLockTimeout } from "./missing-lock-timeout.ts";
import { refreshMaterializedView } from "./refresh-materialized-view.ts";
import { reindex } from "./reindex.ts";
import { setNotNull } from "./set-not-null.ts";
import { validateInSameTransaction } from "./validate-in-same-transaction.ts";

/** Every fix of SQL files, in the order in which they are tried on a finding. */
export const SQL_FIXES: readonly SqlFix[] = [
  createIndexBlocking,
  dropIndexBlocking,
  reindex,
  refreshMaterializedView,
  detachPartition,
  addForeignKeyValidated,
  addCheckValidated,
  setNotNull,
  addUniqueConstraint,
  concurrentlyInTransaction,
  concurrentlyIfNotExists,
  validateInSameTransaction,
  concurrentlyUnderLockTimeout,
  concurrentlyUnderStatementTimeout,
  missingLockTimeout,
];
