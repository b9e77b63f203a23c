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
import { alterDomainBlocking } from "./postgres/alter-domain-blocking.ts";
import { analyzeAfterChange } from "./postgres/analyze-after-change.ts";
import { attachPartitionScan } from "./postgres/attach-partition-scan.ts";
import { autovacuumDisabled } from "./postgres/autovacuum-disabled.ts";
import { backfillMissesRows } from "./postgres/backfill-misses-rows.ts";
import { breaksLiveVersion } from "./postgres/breaks-live-version.ts";
import { cannotRollBack } from "./postgres/cannot-roll-back.ts";
import { changeColumnDefault } from "./postgres/change-column-default.ts";
import { changeGeneratedExpression } from "./postgres/change-generated-expression.ts";
import { changeTypeNarrowing } from "./postgres/change-type-narrowing.ts";
import { changeTypeRewrite } from "./postgres/change-type-rewrite.ts";
import { changeTypeTimeZone } from "./postgres/change-type-time-zone.ts";
import { cluster } from "./postgres/cluster.ts";
import { combineAlters } from "./postgres/combine-alters.ts";
import { concurrentlyCorruptsIndex } from "./postgres/concurrently-corrupts-index.ts";
import { concurrentlyIfNotExists } from "./postgres/concurrently-if-not-exists.ts";
import { concurrentlyInTransaction } from "./postgres/concurrently-in-transaction.ts";
import { concurrentlyUnderLockTimeout } from "./postgres/concurrently-under-lock-timeout.ts";
import { concurrentlyUnderStatementTimeout } from "./postgres/concurrently-under-statement-timeout.ts";
import { createIndexBlocking } from "./postgres/create-index-blocking.ts";
import { createMaterializedView } from "./postgres/create-materialized-view.ts";
import { createPartitionLocksParent } from "./postgres/create-partition-locks-parent.ts";
import { createRule } from "./postgres/create-rule.ts";
import { createTrigger } from "./postgres/create-trigger.ts";
import { ddlAndBackfillTogether } from "./postgres/ddl-and-backfill-together.ts";
import { ddlAndDataInOneMigration } from "./postgres/ddl-and-data-in-one-migration.ts";
import { defaultPartitionScan } from "./postgres/default-partition-scan.ts";
import { detachPartitionBlocking } from "./postgres/detach-partition-blocking.ts";
import { disableTrigger } from "./postgres/disable-trigger.ts";
import { diskSpaceForRewrite } from "./postgres/disk-space-for-rewrite.ts";
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
import { dropTrigger } from "./postgres/drop-trigger.ts";
import { dropUniqueConstraint } from "./postgres/drop-unique-constraint.ts";
import { enumValueUsedInSameTransaction } from "./postgres/enum-value-used-in-same-transaction.ts";
import { extensionTables } from "./postgres/extension-tables.ts";
import { foreignKeyCascade } from "./postgres/foreign-key-cascade.ts";
import { foreignKeyLocksParent } from "./postgres/foreign-key-locks-parent.ts";
import { foreignKeyTypeMismatch } from "./postgres/foreign-key-type-mismatch.ts";
import { foreignKeyWithoutIndex } from "./postgres/foreign-key-without-index.ts";
import { functionSignatureChanged } from "./postgres/function-signature-changed.ts";
import { grantWidening } from "./postgres/grant-widening.ts";
import { hotTableAlter } from "./postgres/hot-table-alter.ts";
import { hotTableLockedRepeatedly } from "./postgres/hot-table-locked-repeatedly.ts";
import { identifierTooLong } from "./postgres/identifier-too-long.ts";
import { identityStartsOver } from "./postgres/identity-starts-over.ts";
import { indexManyColumns } from "./postgres/index-many-columns.ts";
import { integerKeyNearlyFull } from "./postgres/integer-key-nearly-full.ts";
import { lockTable } from "./postgres/lock-table.ts";
import { lockTimeoutTooLong } from "./postgres/lock-timeout-too-long.ts";
import { missingIdleInTransactionTimeout } from "./postgres/missing-idle-in-transaction-timeout.ts";
import { missingLockTimeout } from "./postgres/missing-lock-timeout.ts";
import { missingStatementTimeout } from "./postgres/missing-statement-timeout.ts";
import { moveIndex } from "./postgres/move-index.ts";
import { multipleForeignKeys } from "./postgres/multiple-foreign-keys.ts";
import { multipleRiskyOperations } from "./postgres/multiple-risky-operations.ts";
import { nestedTransaction } from "./postgres/nested-transaction.ts";
import { notEnforcedConstraint } from "./postgres/not-enforced-constraint.ts";
import { notRepeatable } from "./postgres/not-repeatable.ts";
import { partitionStillWritten } from "./postgres/partition-still-written.ts";
import { redundantIndex } from "./postgres/redundant-index.ts";
import { refreshMaterializedView } from "./postgres/refresh-materialized-view.ts";
import { reindexBlocking } from "./postgres/reindex-blocking.ts";
import { removeEnumValue } from "./postgres/remove-enum-value.ts";
import { renameColumn } from "./postgres/rename-column.ts";
import { renameEnumValue } from "./postgres/rename-enum-value.ts";
import { renameTable } from "./postgres/rename-table.ts";
import { replaceIndex } from "./postgres/replace-index.ts";
import { replaceView } from "./postgres/replace-view.ts";
import { replacedWithoutRows } from "./postgres/replaced-without-rows.ts";
import { replicaIdentityFull } from "./postgres/replica-identity-full.ts";
import { replicationLag } from "./postgres/replication-lag.ts";
import { rewriteUnderLock } from "./postgres/rewrite-under-lock.ts";
import { rowByRow } from "./postgres/row-by-row.ts";
import { rowSecurityWithoutPolicy } from "./postgres/row-security-without-policy.ts";
import { scanUnderLock } from "./postgres/scan-under-lock.ts";
import { securityDefinerSearchPath } from "./postgres/security-definer-search-path.ts";
import { sequenceNotReset } from "./postgres/sequence-not-reset.ts";
import { sequenceRestarted } from "./postgres/sequence-restarted.ts";
import { setAccessMethod } from "./postgres/set-access-method.ts";
import { setLogged } from "./postgres/set-logged.ts";
import { setNotNull } from "./postgres/set-not-null.ts";
import { setTablespace } from "./postgres/set-tablespace.ts";
import { statementAfterAccessExclusive } from "./postgres/statement-after-access-exclusive.ts";
import { statementFails } from "./postgres/statement-fails.ts";
import { timeoutSetTooLate } from "./postgres/timeout-set-too-late.ts";
import { triggerStopsWrites } from "./postgres/trigger-stops-writes.ts";
import { truncate } from "./postgres/truncate.ts";
import { unclosedTransaction } from "./postgres/unclosed-transaction.ts";
import { vacuumFull } from "./postgres/vacuum-full.ts";
import { validateInSameTransaction } from "./postgres/validate-in-same-transaction.ts";
import { volatileCheck } from "./postgres/volatile-check.ts";
import { wideTable } from "./postgres/wide-table.ts";
import { columnOrder } from "./style/column-order.ts";
import { enumValuePosition } from "./style/enum-value-position.ts";
import { insertWithoutColumns } from "./style/insert-without-columns.ts";
import { naming } from "./style/naming.ts";
import { nullableBoolean } from "./style/nullable-boolean.ts";
import { pinExtensionVersion } from "./style/pin-extension-version.ts";
import { preferBigint } from "./style/prefer-bigint.ts";
import { preferCheckOverEnum } from "./style/prefer-check-over-enum.ts";
import { preferIdentity } from "./style/prefer-identity.ts";
import { preferJsonb } from "./style/prefer-jsonb.ts";
import { preferNumeric } from "./style/prefer-numeric.ts";
import { preferText } from "./style/prefer-text.ts";
import { preferTimestamptz } from "./style/prefer-timestamptz.ts";
import { requireComment } from "./style/require-comment.ts";
import { requirePrimaryKey } from "./style/require-primary-key.ts";
import { requireTableSchema } from "./style/require-table-schema.ts";
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
  alterDomainBlocking,
  analyzeAfterChange,
  attachPartitionScan,
  autovacuumDisabled,
  backfillMissesRows,
  breaksLiveVersion,
  cannotRollBack,
  changeColumnDefault,
  changeGeneratedExpression,
  changeTypeNarrowing,
  changeTypeRewrite,
  changeTypeTimeZone,
  cluster,
  columnOrder,
  combineAlters,
  concurrentlyCorruptsIndex,
  concurrentlyIfNotExists,
  concurrentlyInTransaction,
  concurrentlyUnderLockTimeout,
  concurrentlyUnderStatementTimeout,
  createIndexBlocking,
  createMaterializedView,
  createPartitionLocksParent,
  createRule,
  createTrigger,
  ddlAndBackfillTogether,
  ddlAndDataInOneMigration,
  defaultPartitionScan,
  detachPartitionBlocking,
  disableTrigger,
  diskSpaceForRewrite,
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
  dropTrigger,
  dropUniqueConstraint,
  enumValuePosition,
  enumValueUsedInSameTransaction,
  extensionTables,
  foreignKeyCascade,
  foreignKeyLocksParent,
  foreignKeyTypeMismatch,
  foreignKeyWithoutIndex,
  functionSignatureChanged,
  grantWidening,
  hotTableAlter,
  hotTableLockedRepeatedly,
  identifierTooLong,
  identityStartsOver,
  indexManyColumns,
  insertWithoutColumns,
  integerKeyNearlyFull,
  irreversibleMigration,
  lockTable,
  lockTimeoutTooLong,
  missingIdleInTransactionTimeout,
  missingLockTimeout,
  missingStatementTimeout,
  moveIndex,
  multipleForeignKeys,
  multipleRiskyOperations,
  naming,
  nestedTransaction,
  notEnforcedConstraint,
  notRepeatable,
  nullableBoolean,
  opaqueCode,
  partitionStillWritten,
  pinExtensionVersion,
  preferBigint,
  preferCheckOverEnum,
  preferIdentity,
  preferJsonb,
  preferNumeric,
  preferText,
  preferTimestamptz,
  redundantIndex,
  refreshMaterializedView,
  reindexBlocking,
  removeEnumValue,
  renameColumn,
  renameEnumValue,
  renameTable,
  replaceIndex,
  replaceView,
  replacedWithoutRows,
  replicaIdentityFull,
  replicationLag,
  requireComment,
  requirePrimaryKey,
  requireTableSchema,
  rewriteUnderLock,
  rowByRow,
  rowSecurityWithoutPolicy,
  scanUnderLock,
  securityDefinerSearchPath,
  sequenceNotReset,
  sequenceRestarted,
  setAccessMethod,
  setLogged,
  setNotNull,
  setTablespace,
  statementAfterAccessExclusive,
  statementFails,
  syntaxError,
  timeoutSetTooLate,
  triggerStopsWrites,
  truncate,
  unclosedTransaction,
  vacuumFull,
  validateInSameTransaction,
  volatileCheck,
  wideTable,
  witnessDisagreement,
];

/** Findings that no rule raises: they come from sources, from suppressions and from the versions themselves. They have pages too. */
export const OTHER_FINDINGS: Readonly<Record<string, string>> = {
  baseline: "a query of a live version fails before the first step already",
  "duplicate-number": "two migrations carry the same number",
  "edited-migration": "a migration that was released has been changed since",
  "needs-review": "a migration waits for somebody who must look at it",
  suppression: "a suppression without a reason, without a use, or of a rule that does not exist",
  "two-leaves": "the migration graph ends in two places",
};
