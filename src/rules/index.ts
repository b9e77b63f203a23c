import { irreversibleMigration } from "./any/irreversible-migration.ts";
import { opaqueCode } from "./any/opaque-code.ts";
import { syntaxError } from "./any/syntax-error.ts";
import { witnessDisagreement } from "./any/witness-disagreement.ts";
import { addCheckValidated } from "./postgres/add-check-validated.ts";
import { addColumnDefaultDropped } from "./postgres/add-column-default-dropped.ts";
import { addColumnJson } from "./postgres/add-column-json.ts";
import { addColumnNotNullNoDefault } from "./postgres/add-column-not-null-no-default.ts";
import { addColumnRewrite } from "./postgres/add-column-rewrite.ts";
import { addColumnVolatileDefault } from "./postgres/add-column-volatile-default.ts";
import { addForeignKeyValidated } from "./postgres/add-foreign-key-validated.ts";
import { addUniqueConstraint } from "./postgres/add-unique-constraint.ts";
import { breaksLiveVersion } from "./postgres/breaks-live-version.ts";
import { cannotRollBack } from "./postgres/cannot-roll-back.ts";
import { changeColumnDefault } from "./postgres/change-column-default.ts";
import { changeGeneratedExpression } from "./postgres/change-generated-expression.ts";
import { changeTypeNarrowing } from "./postgres/change-type-narrowing.ts";
import { changeTypeRewrite } from "./postgres/change-type-rewrite.ts";
import { changeTypeTimeZone } from "./postgres/change-type-time-zone.ts";
import { concurrentlyIfNotExists } from "./postgres/concurrently-if-not-exists.ts";
import { concurrentlyInTransaction } from "./postgres/concurrently-in-transaction.ts";
import { concurrentlyUnderLockTimeout } from "./postgres/concurrently-under-lock-timeout.ts";
import { createIndexBlocking } from "./postgres/create-index-blocking.ts";
import { ddlAndBackfillTogether } from "./postgres/ddl-and-backfill-together.ts";
import { divergingData } from "./postgres/diverging-data.ts";
import { dropCascade } from "./postgres/drop-cascade.ts";
import { dropColumn } from "./postgres/drop-column.ts";
import { dropColumnDropsIndex } from "./postgres/drop-column-drops-index.ts";
import { dropDatabase } from "./postgres/drop-database.ts";
import { dropIndexBlocking } from "./postgres/drop-index-blocking.ts";
import { dropM2mTable } from "./postgres/drop-m2m-table.ts";
import { dropNotNull } from "./postgres/drop-not-null.ts";
import { dropPartitionLocksParent } from "./postgres/drop-partition-locks-parent.ts";
import { dropPrimaryKey } from "./postgres/drop-primary-key.ts";
import { dropTable } from "./postgres/drop-table.ts";
import { dropUniqueConstraint } from "./postgres/drop-unique-constraint.ts";
import { foreignKeyLocksParent } from "./postgres/foreign-key-locks-parent.ts";
import { hotTableAlter } from "./postgres/hot-table-alter.ts";
import { identityStartsOver } from "./postgres/identity-starts-over.ts";
import { missingLockTimeout } from "./postgres/missing-lock-timeout.ts";
import { multipleRiskyOperations } from "./postgres/multiple-risky-operations.ts";
import { renameColumn } from "./postgres/rename-column.ts";
import { renameEnumValue } from "./postgres/rename-enum-value.ts";
import { renameTable } from "./postgres/rename-table.ts";
import { rewriteUnderLock } from "./postgres/rewrite-under-lock.ts";
import { rowByRow } from "./postgres/row-by-row.ts";
import { scanUnderLock } from "./postgres/scan-under-lock.ts";
import { setNotNull } from "./postgres/set-not-null.ts";
import { statementAfterAccessExclusive } from "./postgres/statement-after-access-exclusive.ts";
import { statementFails } from "./postgres/statement-fails.ts";
import { truncate } from "./postgres/truncate.ts";
import { wideTable } from "./postgres/wide-table.ts";
import type { Rule } from "./rule.ts";

/** Every rule, one line each. A test fails when a file of `postgres/` or `any/` is missing here. */
export const RULES: readonly Rule[] = [
  addCheckValidated,
  addColumnDefaultDropped,
  addColumnJson,
  addColumnNotNullNoDefault,
  addColumnRewrite,
  addColumnVolatileDefault,
  addForeignKeyValidated,
  addUniqueConstraint,
  breaksLiveVersion,
  cannotRollBack,
  changeColumnDefault,
  changeGeneratedExpression,
  changeTypeNarrowing,
  changeTypeRewrite,
  changeTypeTimeZone,
  concurrentlyIfNotExists,
  concurrentlyInTransaction,
  concurrentlyUnderLockTimeout,
  createIndexBlocking,
  ddlAndBackfillTogether,
  divergingData,
  dropCascade,
  dropColumn,
  dropColumnDropsIndex,
  dropDatabase,
  dropIndexBlocking,
  dropM2mTable,
  dropNotNull,
  dropPartitionLocksParent,
  dropPrimaryKey,
  dropTable,
  dropUniqueConstraint,
  foreignKeyLocksParent,
  hotTableAlter,
  identityStartsOver,
  irreversibleMigration,
  missingLockTimeout,
  multipleRiskyOperations,
  opaqueCode,
  renameColumn,
  renameEnumValue,
  renameTable,
  rewriteUnderLock,
  rowByRow,
  scanUnderLock,
  setNotNull,
  statementAfterAccessExclusive,
  statementFails,
  syntaxError,
  truncate,
  wideTable,
  witnessDisagreement,
];

/** Findings that no rule raises: they come from sources, from suppressions and from the versions themselves. They have pages too. */
export const OTHER_FINDINGS: Readonly<Record<string, string>> = {
  baseline: "a query of a live version fails before the first step already",
  "duplicate-number": "two migrations carry the same number",
  "edited-migration": "a migration that was released has been changed since",
  suppression: "a suppression without a reason, without a use, or of a rule that does not exist",
  "two-leaves": "the migration graph ends in two places",
};
