import type { Change } from "../model/change.ts";
import type { PostgresEffects, TableLock } from "../model/effects.ts";
import { blocksWrites, strongest } from "../model/effects.ts";
import type { Environment, TableSize, Thresholds } from "../model/environment.ts";
import { profileWitness, sizeOf } from "../model/environment.ts";
import type { JudgedStatement, RollbackBreak } from "../model/judged.ts";
import type { LiveVersion, RollbackTarget, VersionWrite } from "../model/query.ts";
import type { StagedDrop } from "../model/release.ts";
import type { SchemaState } from "../model/schema.ts";
import { onlyUnknown, tableOfIndex, union } from "./effects.ts";
import { breakEvidence, effectEvidence, sizeEvidence, trafficEvidence } from "./evidence.ts";
import type { BlockingWork, RuleContext, Traffic } from "./rule.ts";
import { counted, groupBy } from "./words.ts";

/** Everything the questions are answered from: one release in one environment. */
export interface ContextInput {
  readonly environment: Environment;
  readonly thresholds: Thresholds;
  /** The statements of all migrations of the release, in the order in which they run. */
  readonly release: readonly JudgedStatement[];
  /** The versions that are live in this environment. */
  readonly versions: readonly LiveVersion[];
  /** `PostgreSQL 18.4`, when the release was rehearsed in this environment. */
  readonly rehearsedOn?: string | null;
  /** Asked once, and only when a rule wants to know. */
  readonly writes?: ((table: string) => readonly VersionWrite[]) | undefined;
  readonly rollback?: { readonly target: RollbackTarget; readonly breaks: readonly RollbackBreak[] } | null | undefined;
  /** By the releases on record; absent without them. */
  readonly staged?:
    | ((judged: JudgedStatement, going: { readonly tables: readonly string[]; readonly columns: readonly string[] }) => StagedDrop | null)
    | undefined;
  /** Where a rehearsal contradicts the prediction, in words. */
  readonly disagreements?: (statement: JudgedStatement) => readonly string[];
}

export function createContext(input: ContextInput): RuleContext {
  const { environment, thresholds, release } = input;
  const start: SchemaState | null = release[0]?.before ?? null;
  const positions = new Map(release.map((judged, position) => [judged, position]));
  const migrations = new Set(release.map((judged) => judged.migration.id));
  const oldNames = renames(release);
  const renamesColumns = release.some(({ statement }) => statement.changes.some((change) => change.kind === "rename-column"));
  const effectsOf = memo(union);
  const workOf = memo(blockingWork);
  const locksOf = memo((judged) => blocking(judged, effectsOf(judged).locks));
  const sizes = new Map<string, TableSize>();
  const writes = new Map<string, readonly VersionWrite[]>();
  let ofMigration: ReadonlyMap<string, readonly JudgedStatement[]> | null = null;

  // Gathered once: a dump's worth of INSERTs in one transaction would otherwise be gone through for each of them.
  const transactions = new Map<string, JudgedStatement[]>();
  const keyOf = ({ migration, statement }: JudgedStatement): string =>
    migration.transaction === "all-pending" ? "" : `${statement.transaction} ${migration.id}`;
  for (const judged of release) {
    if (judged.statement.transaction === null) continue;
    const key = keyOf(judged);
    const together = transactions.get(key);
    if (together === undefined) transactions.set(key, [judged]);
    else together.push(judged);
  }
  const transactionOf = (judged: JudgedStatement): readonly JudgedStatement[] =>
    judged.statement.transaction === null ? [] : (transactions.get(keyOf(judged)) ?? []);
  const position = (judged: JudgedStatement): number => positions.get(judged) ?? -1;

  function existedBefore(judged: JudgedStatement, table: string): boolean {
    const relation = judged.before.relations.get(table);
    // A table that an incomplete schema does not know was there before tread came.
    if (relation === undefined) return !judged.before.complete;
    return relation.origin.migration === null || !migrations.has(relation.origin.migration);
  }

  /** Of a table that no migration creates, only what this release itself has added is known to be new. */
  function addedBefore(judged: JudgedStatement, table: string, column: string): boolean {
    const earlier = release.slice(0, Math.max(position(judged), 0));
    return earlier.some(({ statement }) =>
      statement.changes.some((change) => change.kind === "add-column" && change.table === table && change.column.name === column),
    );
  }

  /** What a column was called before the statements of this release that come before this one. */
  function nameBefore(judged: JudgedStatement, table: string, column: string): string {
    let name = column;
    if (!renamesColumns) return name;
    for (const { statement } of release.slice(0, Math.max(position(judged), 0)).reverse()) {
      for (const change of statement.changes.toReversed())
        if (change.kind === "rename-column" && change.table === table && change.to === name) name = change.column;
    }
    return name;
  }

  function blocking(judged: JudgedStatement, locks: readonly TableLock[]): readonly TableLock[] {
    return locks.filter((lock) => blocksWrites(lock.mode) && existedBefore(judged, lock.relation));
  }

  function size(table: string): TableSize {
    let known = sizes.get(table);
    if (known === undefined) {
      known = sizeWithPartitions(environment, oldNames.get(table) ?? table, thresholds, start);
      sizes.set(table, known);
    }
    return known;
  }

  function traffic(table: string): Traffic {
    const name = oldNames.get(table) ?? table;
    for (const profile of environment.profiles) {
      const entry = profile.tables.find((candidate) => candidate.table === name);
      if (entry !== undefined && profile.server.engine === "postgres") {
        return { ...entry, witness: entry.readsPerSecond === null ? null : profileWitness(profile) };
      }
    }
    return { readsPerSecond: null, writesPerSecond: null, longestTransactionSeconds: null, witness: null };
  }

  function blockingWork(judged: JudgedStatement): readonly BlockingWork[] {
    return workFrom(judged, effectsOf(judged));
  }

  /** The lock is that of the whole statement: a sub-command waits for the others. */
  function workOfChange(judged: JudgedStatement, change: Change): readonly BlockingWork[] {
    const alone = judged.alone?.(change);
    // What cannot stand alone (it needs what another sub-command makes) is judged with the rest.
    return alone === undefined || alone.error !== null ? workOf(judged) : workFrom(judged, { ...alone, locks: effectsOf(judged).locks });
  }

  function workFrom(judged: JudgedStatement, effects: PostgresEffects): readonly BlockingWork[] {
    const work = new Map<string, BlockingWork>();
    const add = (table: string | null, kind: BlockingWork["kind"]): void => {
      const lock = table === null ? undefined : effects.locks.find((candidate) => candidate.relation === table);
      if (lock === undefined || work.has(lock.relation) || !blocksWrites(lock.mode) || !existedBefore(judged, lock.relation)) return;
      // Nobody writes to a materialized view but REFRESH: what lets reads through blocks no user. REINDEX locks the index that reads plan with.
      if (lock.mode !== "AccessExclusive" && !reindexes(judged) && judged.before.relations.get(lock.relation)?.kind === "materialized-view")
        return;
      work.set(lock.relation, { table: lock.relation, kind, mode: lock.mode });
    };
    for (const table of effects.rewrites) add(table, "rewrite");
    for (const index of effects.indexBuilds) add(tableOfIndex(judged, index, effects.locks) ?? onlyUnknown(judged, effects), "index-build");
    for (const table of effects.scans) add(table, "scan");
    return [...work.values()];
  }

  return {
    environment,
    thresholds,
    release,
    liveVersions: input.versions.filter((version) => version.onRecord !== false).map((version) => version.name),
    existedBefore,
    columnExistedBefore(judged, table, column) {
      if (!existedBefore(judged, table)) return false;
      const relation = start?.relations.get(oldNames.get(table) ?? table);
      const original = nameBefore(judged, table, column);
      if (relation === undefined) return !addedBefore(judged, table, original);
      return relation.columns.some((candidate) => candidate.name === original);
    },
    table: (judged, table) => judged.before.relations.get(table) ?? null,
    column: (judged, table, column) => judged.before.relations.get(table)?.columns.find((candidate) => candidate.name === column) ?? null,
    visibleAfter: (judged) => (transactionOf(judged).at(-1) ?? judged).after,
    effects: effectsOf,
    blockingWork: workOf,
    workOfChange,
    blockingLocks: locksOf,
    blockingLocksHeld: (judged) => blocking(judged, judged.heldBefore),
    holds: (judged, { relation, mode }) =>
      judged.heldBefore.some((held) => held.relation === relation && strongest(held.mode, mode) === held.mode),
    inTransaction: (judged) => judged.statement.transaction !== null || judged.before.session.inTransaction,
    lockTimeout: (judged) => judged.before.session.lockTimeout || null,
    disagreements: (judged) => input.disagreements?.(judged) ?? [],
    size,
    workSeverity: (table) => (size(table).kind === "small" ? "info" : "error"),
    isHot: (table) => size(table).hot,
    traffic,
    breaks: (judged) => judged.breaks,
    brokenEarlier: (judged) => release.slice(0, Math.max(position(judged), 0)).flatMap((earlier) => earlier.breaks),
    versionWrites(table) {
      const own = writes.get(table) ?? (input.writes?.(table) ?? []).filter((write) => write.table === table);
      writes.set(table, own);
      return own;
    },
    versionsNaming(name) {
      const word = new RegExp(String.raw`(?<![\w$])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\w$])`, "i");
      return input.versions.filter(({ queries }) => queries.some(({ sql }) => word.test(sql))).map((version) => version.name);
    },
    rollback: input.rollback?.target ?? null,
    rollbackBreaks: input.rollback?.breaks ?? [],
    stagedDrop: (judged, tables, columns) => input.staged?.(judged, { tables, columns }) ?? null,
    dynamicAccess: (table) =>
      input.versions.flatMap((version) =>
        version.dynamic
          .filter((access) => access.tables.length === 0 || access.tables.includes(oldNames.get(table) ?? table))
          .map((access) => ({ version: version.name, reason: access.reason, span: access.span })),
      ),
    earlierInTransaction: (judged) => transactionOf(judged).filter((other) => position(other) < position(judged)),
    laterInTransaction: (judged) => transactionOf(judged).filter((other) => position(other) > position(judged)),
    siblings: (judged) => (ofMigration ??= groupBy(release, (other) => other.migration.id)).get(judged.migration.id) ?? [],
    accesses: (judged) => judged.statement.facts?.accesses ?? [],
    evidence: (judged, tables) => effectEvidence(judged, tables ?? null, input.rehearsedOn ?? null),
    sizeEvidence: (table) => sizeEvidence(environment.name, table, size(table)),
    trafficEvidence: (table) => trafficEvidence(environment.name, table, traffic(table)),
    breakEvidence,
  };
}

function memo<T>(answer: (judged: JudgedStatement) => T): (judged: JudgedStatement) => T {
  const known = new Map<JudgedStatement, T>();
  return (judged) => {
    if (!known.has(judged)) known.set(judged, answer(judged));
    return known.get(judged) as T;
  };
}

/** New name → name at the start of the release: scale profiles were collected before it. */
function renames(release: readonly JudgedStatement[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { statement } of release) {
    for (const change of statement.changes) {
      if (change.kind === "rename-relation") {
        names.set(change.to.includes(".") ? change.to : schemaOf(change.name) + change.to, names.get(change.name) ?? change.name);
      } else if (change.kind === "set-schema") {
        names.set(`${change.schema}.${change.name.slice(schemaOf(change.name).length)}`, names.get(change.name) ?? change.name);
      }
    }
  }
  return names;
}

function schemaOf(qualified: string): string {
  return qualified.slice(0, qualified.indexOf(".") + 1);
}

/** A partitioned table holds no rows itself: what its partitions hold together is its size, where the profile has only them. */
function sizeWithPartitions(environment: Environment, table: string, thresholds: Thresholds, state: SchemaState | null): TableSize {
  const own = sizeOf(environment, table, thresholds);
  if (state?.relations.get(table)?.kind !== "partitioned-table") return own;
  const parts = [...state.relations.values()]
    .filter((relation) => relation.partitionOf === table)
    .map((relation) => sizeWithPartitions(environment, relation.name, thresholds, state))
    .filter((part) => part.rows !== null);
  const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0);
  if (parts.length === 0 || rows <= (own.rows ?? 0)) return own;
  // The profile has the table and knows no count of it: one of its partitions was never analyzed, and what the others hold is no bound.
  if (own.rows === null && own.bytes !== null && rows < thresholds.largeRows) return own;
  return {
    kind: rows >= thresholds.largeRows ? "large" : "small",
    rows,
    bytes: parts.every((part) => part.bytes !== null) ? parts.reduce((sum, part) => sum + (part.bytes ?? 0), 0) : null,
    readsPerSecond: own.readsPerSecond,
    hot: own.hot || parts.some((part) => part.hot),
    witness: `${parts[0]?.witness}, ${counted(parts.length, "partition")} together`,
  };
}

function reindexes({ statement }: JudgedStatement): boolean {
  return statement.changes.some((change) => change.kind === "reindex" && !change.concurrently);
}
