import { basename, dirname, posix, relative, resolve } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { unitsOf } from "../apply/units.ts";
import { prepareBackfill } from "../apply/backfill/prepare.ts";
import type { Irreversible } from "../apply/losses.ts";
import type { Unit } from "../apply/types.ts";
import { isDownOf, type LedgerKey } from "../ledger/postgres/ledger.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Migration } from "../model/migration.ts";
import type { VersionWrite } from "../model/query.ts";
import type { Report } from "../model/report.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { type Acceptance, gate, type Gate, irreversibleIn, names } from "./apply-gate.ts";
import { buildReport } from "./build-report.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { loadSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { withReview } from "./review.ts";
import { versionFacts } from "./version-facts.ts";

export interface ApplyAsked {
  /** Last migration to run; null: all. */
  readonly to: string | null;
  /** Only these. Empty: all. */
  readonly only: readonly string[];
  readonly accept: readonly Acceptance[];
}

/** What stands between the files and the database, before anything has run. */
export interface ApplyPlan extends Gate {
  readonly report: Report;
  readonly view: EnvironmentView | null;
  readonly units: readonly Unit[];
  /** What the ledger and the files do not agree about. */
  readonly drift: LedgerDrift;
  /** Pending migrations that send nothing to the database. */
  readonly empty: readonly { readonly key: LedgerKey; readonly hash: string }[];
  /** What cannot be taken back by anybody, per statement. */
  readonly irreversible: readonly Irreversible[];
}

export interface LedgerDrift {
  /** Applied, and changed since: never run again silently. */
  readonly edited: readonly string[];
  /** Recorded, and no file is there any more. */
  readonly missing: readonly string[];
  /** Not applied, though they come before some that are. */
  readonly outOfOrder: readonly string[];
  /** Their way back was begun and has not ended. */
  readonly halfTakenBack: readonly string[];
}

/** @throws ConfigError, DatabaseTrouble, BadDirective */
export async function planApply(
  asked: CheckOptions,
  entries: readonly LedgerEntry[],
  apply: ApplyAsked,
  version: string,
): Promise<ApplyPlan> {
  const keyOf = keysOf(asked);
  const sources = await loadSources(asked);
  const migrations = sqlMigrations(sources.migrations);
  const known = new Map(entries.map((entry) => [`${entry.source}\0${entry.migration}`, entry]));
  const entryOf = (migration: Migration): LedgerEntry | undefined => known.get(`${keyOf(migration).source}\0${migration.id}`);
  const isDone = (migration: Migration): boolean => {
    const entry = entryOf(migration);
    // Flyway's R__ runs again whenever it has changed.
    return entry !== undefined && hasEnded(entry) && !(migration.repeatable === true && entry.hash !== migration.hash);
  };
  refuseUnknown(migrations, apply);
  const pending = migrations.filter((migration) => !isDone(migration));
  const chosen = new Set(choose(pending, apply).map(({ id }) => id));
  const options: CheckOptions = {
    ...asked,
    begun: begunOf(pending, entryOf),
    recorded: new Set(migrations.filter(isDone).map(({ id }) => id)),
  };
  // What is not chosen does not stand between what is applied and what is chosen.
  const kept = (migration: Migration): boolean => migration.database !== "postgres" || isDone(migration) || chosen.has(migration.id);
  const chosenSources = {
    ...sources,
    migrations: sources.migrations.filter(kept),
    sources: sources.sources.map((source) => ({ ...source, migrations: source.migrations.filter(kept) })),
  };
  let analysis = await analyse(options, chosenSources);
  const leftovers = invalidLeftovers(analysis.views[0]?.judged.flat() ?? []);
  if (leftovers.size > 0) analysis = await analyse({ ...options, withoutIndexes: leftovers }, chosenSources);
  const engine = await loadPostgres();
  const report = await withReview(buildReport(analysis, version, null), options, analysis.views, null);
  const view = analysis.views[0] ?? null;
  const judged = view?.judged.flat() ?? [];
  const units = unitsOf(judged, {
    keyOf: ({ migration }) => ({ source: keyOf(migration).source, migration: migration.id }),
    needsNoTransaction: (statement) => needsNoTransaction(engine, statement, analysis),
    prepare: (statement) => prepareBackfill(engine, statement, { writes: writesOf(engine, view, judged) }),
  });
  const intended = new Set(
    pending.flatMap((migration) =>
      (entryOf(migration)?.steps ?? []).filter(({ state }) => state === "intended").map(({ from }) => `${migration.id}#${from}`),
    ),
  );
  const withStatements = new Set(judged.map(({ migration }) => migration.id));
  return {
    report,
    view,
    units,
    // An orphan of a killed run may have ended its CREATE INDEX CONCURRENTLY well: then it fails as a statement, and is done as a step.
    ...gate(
      report,
      judged,
      apply.accept,
      analysis,
      ({ rule, migration, statement }) => rule === "statement-fails" && intended.has(`${migration ?? ""}#${statement ?? ""}`),
    ),
    drift: driftOf(migrations, entries, keyOf, isDone, entryOf),
    empty: migrations
      .filter((migration) => chosen.has(migration.id) && !withStatements.has(migration.id))
      .map((migration) => ({ key: { source: keyOf(migration).source, migration: migration.id }, hash: migration.hash })),
    irreversible: judged.flatMap(irreversibleIn),
  };
}

/** Those that apply runs. @throws NotApplied */
export function sqlMigrations(all: readonly Migration[]): readonly Migration[] {
  const migrations = all.filter((migration) => migration.database === "postgres");
  const code = migrations.find(({ source }) => source === "django");
  if (code !== undefined) throw new NotApplied(`${code.path}: Django runs its migrations itself (manage.py migrate); tread apply runs SQL`);
  const other = all.find(({ database }) => database !== "postgres");
  if (other !== undefined && migrations.length === 0)
    throw new NotApplied(`${other.path}: for ClickHouse, which is walked host by host`, "tread apply --cluster (docs/cluster-walk.md)");
  return migrations;
}

/** Migrations that apply does not run: those of a tool that runs code of its own, or of another engine. */
class NotApplied extends Error {
  override readonly name = "NotApplied";
  readonly help: string;
  readonly exitCode: number = 2;
  constructor(message: string, help: string = "name the folder of SQL migrations that is meant: tread apply PATH") {
    super(message);
    this.help = help;
  }
}

/** Invalid indexes that a pending CREATE INDEX CONCURRENTLY makes again: what an attempt left behind, and apply drops before the next. */
function invalidLeftovers(judged: readonly JudgedStatement[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { statement, before } of judged) {
    for (const change of statement.changes) {
      if (change.kind !== "create-index" || !change.concurrently) continue;
      const there = before.relations.get(change.table)?.indexes.find(({ name }) => name === change.index.name);
      if (there?.valid === false) names.add(there.name);
    }
  }
  return names;
}

/** A migration's key: its folder below the project's root, so that two sources may both have a `0001_init`. */
export function keysOf({ cwd, config }: Pick<CheckOptions, "cwd" | "config">): (migration: Pick<Migration, "id" | "path">) => LedgerKey {
  return ({ id, path }) => {
    const absolute = resolve(cwd, path);
    // Tools with a folder per migration.
    const folder = ["migration.sql", "up.sql"].includes(basename(absolute)) ? dirname(dirname(absolute)) : dirname(absolute);
    return { source: posix.normalize(relative(config.root, folder).replaceAll("\\", "/") || "."), migration: id };
  };
}

/** A name that no migration has is a mistake, and not nothing to do. @throws NotApplied */
function refuseUnknown(migrations: readonly Migration[], { to, only }: ApplyAsked): void {
  const unknown = [...only, ...(to === null ? [] : [to])].find((name) => !migrations.some(({ id }) => names(name, id)));
  if (unknown === undefined) return;
  const last = migrations.slice(-3).map(({ id }) => id);
  throw new NotApplied(
    `no migration has the id ${unknown}`,
    last.length === 0 ? "there is none: name the folder of SQL migrations" : `the last ids are ${last.join(", ")}`,
  );
}

function choose(pending: readonly Migration[], { to, only }: ApplyAsked): readonly Migration[] {
  if (only.length > 0) return pending.filter(({ id }) => only.some((name) => names(name, id)));
  if (to === null) return pending;
  const last = pending.findIndex(({ id }) => names(to, id));
  return last === -1 ? [] : pending.slice(0, last + 1);
}

function hasEnded({ state }: LedgerEntry): boolean {
  return state === "done" || state === "adopted";
}

/** Where an interrupted migration goes on: after the last step that is recorded as done. */
function begunOf(pending: readonly Migration[], entryOf: (migration: Migration) => LedgerEntry | undefined): ReadonlyMap<string, number> {
  const begun = new Map<string, number>();
  for (const migration of pending) {
    const entry = entryOf(migration);
    // What is pending again after its end begins anew.
    if (entry === undefined || hasEnded(entry)) continue;
    const done = entry.steps.filter(({ state }) => state === "done").map(({ to }) => to);
    if (done.length > 0) begun.set(migration.id, Math.max(...done));
  }
  return begun;
}

/** Asked of the prediction: in a transaction the server answers 25001. */
export function needsNoTransaction(engine: PostgresEngine, { statement, before }: JudgedStatement, { views }: Analysis): boolean {
  if (statement.changes.length === 0) return false;
  // A body that commits (a loop over batches) is refused there with 2D000.
  if (statement.changes.some((change) => change.kind === "maintenance" && change.command === "COMMIT in a body")) return true;
  const version = views[0]?.environment.postgres ?? 18;
  return engine.predict(statement.changes, before, { version, inTransaction: true, isEmpty: () => false }).error?.sqlstate === "25001";
}

/** Null: nothing is on record as live, so nothing is known of what it writes. */
export function writesOf(
  engine: PostgresEngine,
  view: EnvironmentView | null,
  judged: readonly JudgedStatement[],
): ((table: string) => readonly VersionWrite[]) | null {
  if (view === null || view.versions.every((version) => version.onRecord === false)) return null;
  const facts = versionFacts(engine, view);
  return (table) => facts.writes(judged, table);
}

export function driftOf(
  migrations: readonly Migration[],
  entries: readonly LedgerEntry[],
  keyOf: (migration: Migration) => LedgerKey,
  isDone: (migration: Migration) => boolean,
  entryOf: (migration: Migration) => LedgerEntry | undefined,
): LedgerDrift {
  const files = new Set(migrations.map((migration) => `${keyOf(migration).source}\0${migration.id}`));
  const sources = new Set(migrations.map((migration) => keyOf(migration).source));
  // Flyway's R__ stand after all others, whatever comes later.
  const lastDone = migrations.findLastIndex((migration) => migration.repeatable !== true && isDone(migration));
  return {
    edited: migrations
      .filter((migration) => isDone(migration) && migration.repeatable !== true && entryOf(migration)?.hash !== migration.hash)
      .map(({ id }) => id),
    missing: entries
      .filter((entry) => isDownOf(entry) === null)
      .filter(({ source, migration, state }) => state !== "undone" && sources.has(source) && !files.has(`${source}\0${migration}`))
      .map(({ migration }) => migration),
    outOfOrder: migrations.filter((migration, at) => at < lastDone && !isDone(migration)).map(({ id }) => id),
    halfTakenBack: entries
      .filter((entry) => entry.state !== "done" && entry.steps.some(({ state }) => state !== "failed"))
      .flatMap((entry) => isDownOf(entry) ?? []),
  };
}
