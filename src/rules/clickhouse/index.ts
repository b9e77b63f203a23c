import type { ClickHouseRule } from "./rule.ts";
import { alterMixesColumnsAndRows } from "./alter-mixes-columns-and-rows.ts";
import { alterRefusedByEngine } from "./alter-refused-by-engine.ts";
import { backfillInsertSelect } from "./backfill-insert-select.ts";
import { badCodec } from "./bad-codec.ts";
import { bufferDropsColumn } from "./buffer-drops-column.ts";
import { changeTypeRefused } from "./change-type-refused.ts";
import { codecDoesNotFit } from "./codec-does-not-fit.ts";
import { columnDropped } from "./column-dropped.ts";
import { constraintOldRows } from "./constraint-old-rows.ts";
import { createOrReplaceDropsRows } from "./create-or-replace-drops-rows.ts";
import { createTableRefused } from "./create-table-refused.ts";
import { dangerousTableSetting } from "./dangerous-table-setting.ts";
import { defaultComputedOnRead } from "./default-computed-on-read.ts";
import { defaultOutOfRange } from "./default-out-of-range.ts";
import { deleteFreesNothing } from "./delete-frees-nothing.ts";
import { deletesEverything } from "./deletes-everything.ts";
import { detachComesBack } from "./detach-comes-back.ts";
import { dictionaryGoesStale } from "./dictionary-goes-stale.ts";
import { distributedBeforeLocal } from "./distributed-before-local.ts";
import { distributedQueueLost } from "./distributed-queue-lost.ts";
import { distributedTypeMismatch } from "./distributed-type-mismatch.ts";
import { dropAndAddColumn } from "./drop-and-add-column.ts";
import { dropColumnInUse } from "./drop-column-in-use.ts";
import { dropSizeLimit } from "./drop-size-limit.ts";
import { enumRenumbered } from "./enum-renumbered.ts";
import { enumValueRemoved } from "./enum-value-removed.ts";
import { exchangeLosesLateRows } from "./exchange-loses-late-rows.ts";
import { floatInKey } from "./float-in-key.ts";
import { ifExistsFindsNothing } from "./if-exists-finds-nothing.ts";
import { ifNotExistsHidesDifference } from "./if-not-exists-hides-difference.ts";
import { indexNotMaterialised } from "./index-not-materialised.ts";
import { indexRefused } from "./index-refused.ts";
import { insertByPosition } from "./insert-by-position.ts";
import { internalReplicationOff } from "./internal-replication-off.ts";
import { localBeforeDistributed } from "./local-before-distributed.ts";
import { lowCardinalityOnUnique } from "./low-cardinality-on-unique.ts";
import { modifyOrderByRefused } from "./modify-order-by-refused.ts";
import { mutationRefused } from "./mutation-refused.ts";
import { narrowingWraps } from "./narrowing-wraps.ts";
import { needsNewerServer } from "./needs-newer-server.ts";
import { noSortingKey } from "./no-sorting-key.ts";
import { nondeterministicMutation } from "./nondeterministic-mutation.ts";
import { nullableToPlain } from "./nullable-to-plain.ts";
import { nullsBecomeDefault } from "./nulls-become-default.ts";
import { onCluster } from "./on-cluster.ts";
import { onClusterInReplicatedDatabase } from "./on-cluster-in-replicated-database.ts";
import { partitionDropped } from "./partition-dropped.ts";
import { partitionRefused } from "./partition-refused.ts";
import { partitionTooFine } from "./partition-too-fine.ts";
import { populateMissesRows } from "./populate-misses-rows.ts";
import { precisionLost } from "./precision-lost.ts";
import { projectionRefused } from "./projection-refused.ts";
import { refused } from "./refused.ts";
import { renameColumnInUse } from "./rename-column-in-use.ts";
import { replacingAcrossPartitions } from "./replacing-across-partitions.ts";
import { replicaPathCollides } from "./replica-path-collides.ts";
import { rewritesColumns } from "./rewrites-columns.ts";
import { rewritesWholeTable } from "./rewrites-whole-table.ts";
import { rowsDropped } from "./rows-dropped.ts";
import { sameBytesOtherMeaning } from "./same-bytes-other-meaning.ts";
import { settingRefused } from "./setting-refused.ts";
import { sortingKeyIsIdentity } from "./sorting-key-is-identity.ts";
import { sortingKeyServesNoQuery } from "./sorting-key-serves-no-query.ts";
import { summingIgnoresColumn } from "./summing-ignores-column.ts";
import { swapPerHost } from "./swap-per-host.ts";
import { syncLevel } from "./sync-level.ts";
import { ttlDeletesRows } from "./ttl-deletes-rows.ts";
import { ttlNotADate } from "./ttl-not-a-date.ts";
import { unmaterialisedDefaultChanged } from "./unmaterialised-default-changed.ts";
import { unparsableValues } from "./unparsable-values.ts";
import { valueOutOfRange } from "./value-out-of-range.ts";
import { viewDoesNotCarryColumn } from "./view-does-not-carry-column.ts";
import { viewErrorsIgnored } from "./view-errors-ignored.ts";
import { viewOnABrokenVersion } from "./view-on-a-broken-version.ts";
import { viewReadsMissingColumn } from "./view-reads-missing-column.ts";
import { viewRefused } from "./view-refused.ts";
import { viewSourceRenamed } from "./view-source-renamed.ts";
import { viewTargetGone } from "./view-target-gone.ts";
import { viewTargetLosesColumn } from "./view-target-loses-column.ts";

/** Every rule about ClickHouse, in alphabetical order of their ids. */
export const CLICKHOUSE_RULES: readonly ClickHouseRule[] = [
  alterMixesColumnsAndRows,
  alterRefusedByEngine,
  backfillInsertSelect,
  badCodec,
  bufferDropsColumn,
  changeTypeRefused,
  codecDoesNotFit,
  columnDropped,
  constraintOldRows,
  createOrReplaceDropsRows,
  createTableRefused,
  dangerousTableSetting,
  defaultComputedOnRead,
  defaultOutOfRange,
  deleteFreesNothing,
  deletesEverything,
  detachComesBack,
  dictionaryGoesStale,
  distributedBeforeLocal,
  distributedQueueLost,
  distributedTypeMismatch,
  dropAndAddColumn,
  dropColumnInUse,
  dropSizeLimit,
  enumRenumbered,
  enumValueRemoved,
  exchangeLosesLateRows,
  floatInKey,
  ifExistsFindsNothing,
  ifNotExistsHidesDifference,
  indexNotMaterialised,
  indexRefused,
  insertByPosition,
  internalReplicationOff,
  localBeforeDistributed,
  lowCardinalityOnUnique,
  modifyOrderByRefused,
  mutationRefused,
  narrowingWraps,
  needsNewerServer,
  noSortingKey,
  nondeterministicMutation,
  nullableToPlain,
  nullsBecomeDefault,
  onCluster,
  onClusterInReplicatedDatabase,
  partitionDropped,
  partitionRefused,
  partitionTooFine,
  populateMissesRows,
  precisionLost,
  projectionRefused,
  refused,
  renameColumnInUse,
  replacingAcrossPartitions,
  replicaPathCollides,
  rewritesColumns,
  rewritesWholeTable,
  rowsDropped,
  sameBytesOtherMeaning,
  settingRefused,
  sortingKeyIsIdentity,
  sortingKeyServesNoQuery,
  summingIgnoresColumn,
  swapPerHost,
  syncLevel,
  ttlDeletesRows,
  ttlNotADate,
  unmaterialisedDefaultChanged,
  unparsableValues,
  valueOutOfRange,
  viewDoesNotCarryColumn,
  viewErrorsIgnored,
  viewOnABrokenVersion,
  viewReadsMissingColumn,
  viewRefused,
  viewSourceRenamed,
  viewTargetGone,
  viewTargetLosesColumn,
];

/** Findings that the judge itself raises: damage that no rule tells of. They have pages too. */
export const CLICKHOUSE_FINDINGS: Readonly<Record<string, string>> = {
  "silent-corruption": "damage to data or reads that the server accepts without a word, and that no more specific rule tells of",
};
