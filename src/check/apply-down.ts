import type { BackAndForth, Script } from "../apply/down/rehearse.ts";
import { prepareBackfill } from "../apply/backfill/prepare.ts";
import { unitsOf } from "../apply/units.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { downNumber, type LedgerKey } from "../ledger/postgres/ledger.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Migration, SqlStep, TransactionMode } from "../model/migration.ts";
import type { Finding } from "../model/report.ts";
import { analyse } from "./analyse.ts";
import { type ApplyAsked, type ApplyPlan, driftOf, keysOf, needsNoTransaction, sqlMigrations, writesOf } from "./apply.ts";
import { gate, irreversibleIn, names } from "./apply-gate.ts";
import { buildReport } from "./build-report.ts";
import { loadSources, type LoadedSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";

export interface DownPlan extends ApplyPlan {
  /** What is taken back, the newest first, with both its directions: for a rehearsal. */
  readonly ways: readonly BackAndForth[];
  /** The live schema as SQL. */
  readonly schema: string;
  readonly major: number;
  readonly engine: PostgresEngine;
}

/** Something that is asked for and cannot be taken back. */
export class NoWayBack extends Error {
  override readonly name = "NoWayBack";
  readonly help: string;
  readonly exitCode = 2;
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** What they warn of is named with its number of rows, and asked for by itself (`--yes`). Not where a version that serves needs it. */
const ASKED_FOR: ReadonlySet<string> = new Set(["drop-column", "drop-table", "truncate", "drop-schema", "irreversible-migration"]);

/**
 * Plans the way back of migrations that the ledger has as applied: the last one, those behind `--to`, or those that `--only` names.
 * @param given where they are not the project's sources: the steps of a plan
 * @throws NoWayBack for a migration that has none; ConfigError, DatabaseTrouble
 */
export async function planDown(
  asked: CheckOptions,
  entries: readonly LedgerEntry[],
  apply: ApplyAsked,
  version: string,
  given: LoadedSources | null = null,
): Promise<DownPlan> {
  const keyOf = keysOf(asked);
  const sources = given ?? (await loadSources(asked));
  const migrations = sqlMigrations(sources.migrations);
  const entryOf = (migration: Migration): LedgerEntry | undefined => {
    const { source, migration: id } = keyOf(migration);
    return entries.find((entry) => entry.source === source && entry.migration === id);
  };
  const isDone = (migration: Migration): boolean => ["done", "adopted"].includes(entryOf(migration)?.state ?? "");
  const chosen = choose(migrations, isDone, apply);
  refuseHalf(migrations, entryOf);
  for (const migration of chosen)
    if (migration.back === undefined)
      throw new NoWayBack(
        `${migration.id} has no way back${migration.down === "missing" ? ": its down side is empty, or not there" : ` (${migration.path})`}`,
        "write its down side, or a new migration that undoes what it did; nothing was run",
      );
  const downKey = (migration: Pick<Migration, "id" | "path">): LedgerKey => {
    const { source, migration: id } = keyOf(migration);
    return { source, migration: `${id}#down-${downNumber(entries, { source, migration: id })}` };
  };
  const byId = new Map(chosen.map((migration) => [migration.id, migration]));
  const backwards = chosen.map(asBackwards);
  const begun = new Map<string, number>();
  for (const migration of chosen) {
    const key = downKey(migration);
    const steps = entries.find((entry) => entry.source === key.source && entry.migration === key.migration)?.steps ?? [];
    const done = steps.filter(({ state }) => state === "done").map(({ to }) => to);
    if (done.length > 0) begun.set(migration.id, Math.max(...done));
  }
  const options: CheckOptions = { ...asked, paths: [], begun, recorded: new Set() };
  const analysis = await analyse(options, {
    sources: sources.sources.map((source) => ({
      ...source,
      migrations: backwards.filter(({ id }) => source.migrations.some((m) => m.id === id)),
    })),
    migrations: backwards,
    problems: sources.problems,
    only: null,
  });
  const engine = await loadPostgres();
  const report = buildReport(analysis, version, null);
  const view = analysis.views[0] ?? null;
  const judged = view?.judged.flat() ?? [];
  const forwards = (id: string): Migration | undefined => byId.get(id);
  const units = unitsOf(judged, {
    keyOf: ({ migration }) => downKey(forwards(migration.id) ?? migration),
    undoes: ({ migration }) => ({ source: keyOf(forwards(migration.id) ?? migration).source, migration: migration.id }),
    needsNoTransaction: (statement) => needsNoTransaction(engine, statement, analysis),
    prepare: (statement) => prepareBackfill(engine, statement, { writes: writesOf(engine, view, judged) }),
  });
  return {
    report,
    view,
    units,
    ...gate(report, judged, apply.accept, analysis, isAskedFor),
    drift: driftOf(migrations, entries, keyOf, isDone, entryOf),
    empty: [],
    irreversible: judged.flatMap(irreversibleIn),
    ways: chosen.flatMap((migration): readonly BackAndForth[] =>
      migration.back === undefined
        ? []
        : [
            {
              id: migration.id,
              back: scriptOf(engine, migration.back.transaction, migration.back.steps),
              forward: scriptOf(
                engine,
                migration.transaction,
                migration.steps.filter((step): step is SqlStep => step.kind === "sql"),
              ),
            },
          ],
    ),
    schema: analysis.dumps.join("\n"),
    major: view?.environment.postgres ?? 18,
    engine,
  };
}

function isAskedFor({ rule, liveVersions }: Finding): boolean {
  return ASKED_FOR.has(rule) && liveVersions.length === 0;
}

/** The newest first. @throws NoWayBack */
function choose(
  migrations: readonly Migration[],
  isDone: (migration: Migration) => boolean,
  { to, only }: ApplyAsked,
): readonly Migration[] {
  const done = migrations.filter((migration) => isDone(migration) && migration.repeatable !== true);
  if (only.length > 0) {
    const missing = only.find((name) => !done.some(({ id }) => names(name, id)));
    if (missing !== undefined) throw new NoWayBack(`${missing} is not recorded as applied`, "`tread status` lists what is");
    return done.filter(({ id }) => only.some((name) => names(name, id))).reverse();
  }
  if (to === null) return done.slice(-1);
  if (to === "nothing") return [...done].reverse();
  const at = migrations.findIndex(({ id }) => names(to, id));
  if (at === -1)
    throw new NoWayBack(
      `no migration has the id ${to}`,
      "--down --to ID: what comes after ID is taken back, ID itself stays; --to nothing takes back everything",
    );
  const after = new Set(migrations.slice(at + 1).map(({ id }) => id));
  return done.filter(({ id }) => after.has(id)).reverse();
}

/** What is half applied has a schema that neither of its directions begins with. */
function refuseHalf(migrations: readonly Migration[], entryOf: (migration: Migration) => LedgerEntry | undefined): void {
  const half = migrations.find((migration) => {
    const entry = entryOf(migration);
    return (entry?.state === "running" || entry?.state === "failed") && entry.steps.some(({ state }) => state !== "failed");
  });
  if (half !== undefined)
    throw new NoWayBack(
      `${half.id} is half applied: its way back begins where it ends`,
      "first let it end (`tread apply`); or undo by hand what it did, then: tread ledger repair ID --forget",
    );
}

/** The way back as a migration of its own, which is judged and run like any other. */
function asBackwards({ back, ...migration }: Migration): Migration {
  return {
    ...migration,
    path: back?.path ?? migration.path,
    transaction: back?.transaction ?? "none",
    steps: back?.steps ?? [],
    down: "unknown",
    dependsOn: [],
    replaces: [],
  };
}

function scriptOf(engine: PostgresEngine, transaction: TransactionMode, steps: readonly SqlStep[]): Script {
  return {
    transaction,
    statements: steps.flatMap((step) => engine.read(step).map(({ sql, copyData, span }) => ({ sql, copyData, span }))),
  };
}
