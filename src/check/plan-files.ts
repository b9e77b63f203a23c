import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { askDatabase } from "./live-database.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Migration } from "../model/migration.ts";
import { marksIn } from "../plan/emit/marks.ts";
import { stepKey } from "../plan/ledger-names.ts";
import { analyse } from "./analyse.ts";
import { keysOf } from "./apply.ts";
import { forDatabase, loadSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";

/** Files that may be plans: `plans/*.yaml` beside each source of migrations and at the project's root. As seen from the working directory. */
export async function planFiles(options: CheckOptions): Promise<readonly string[]> {
  const loaded = await loadSources(options);
  const roots = loaded.sources.flatMap(({ config, folder }) => {
    const root = resolve(folder, config.root);
    return [root, dirname(root)];
  });
  const found = new Set<string>();
  for (const root of new Set([options.config.root, ...roots])) {
    const folder = join(root, "plans");
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort())
      if (/\.(?:ya?ml|json)$/.test(name)) found.add(relative(options.cwd, join(folder, name)).replaceAll("\\", "/"));
  }
  return [...found].filter((file) => /tread\.plan\//.test(readFileSync(resolve(options.cwd, file), "utf8")));
}

/** Migrations that `tread plan --emit` wrote, by plan and `phase/step`. */
export interface Emitted {
  readonly migration: Migration;
  /** Whether the tool's own record, or the ledger, has it as applied in the database that was asked. */
  readonly applied: boolean;
  /** It only looks whether `tread apply` did the work. */
  readonly looks: boolean;
}

/**
 * Which steps of plans stand as migrations among the project's own, and which of them have run.
 * @param entries of the database's ledger
 * @throws DatabaseTrouble
 */
export async function emittedSteps(
  options: CheckOptions,
  entries: readonly LedgerEntry[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, Emitted>>> {
  const { migrations } = forDatabase(await loadSources(options), "postgres");
  const marked = migrations.flatMap((migration) => {
    if (migration.builtIn === true) return [];
    const text = textOf(resolve(options.cwd, migration.path));
    return marksIn(text).map((mark) => ({ mark, migration, looks: text.includes("The file looks whether that was done.") }));
  });
  if (marked.length === 0) return new Map();
  const keyOf = keysOf(options);
  const inLedger = (migration: Migration): boolean => {
    const { source, migration: id } = keyOf(migration);
    return entries.some(
      (entry) => entry.source === source && entry.migration === id && (entry.state === "done" || entry.state === "adopted"),
    );
  };
  const recorded = options.database == null ? null : (await askDatabase(await loadPostgres(), options.database, migrations)).applied;
  const plans = new Map<string, Map<string, Emitted>>();
  for (const { mark, migration, looks } of marked) {
    const own = plans.get(mark.plan) ?? new Map<string, Emitted>();
    own.set(stepKey(mark.phase, mark.step), { migration, looks, applied: inLedger(migration) || recorded?.has(migration.id) === true });
    plans.set(mark.plan, own);
  }
  return plans;
}

/** The versions that serve, with the ids of the migrations that each carries; null where nothing is on record. */
export async function carriersNow(options: CheckOptions): Promise<ReadonlyMap<string, ReadonlySet<string> | null> | null> {
  const analysis = await analyse(options);
  const view = analysis.views[0];
  if (view?.environment.onRecord === undefined) return null;
  const live = new Set(view.environment.onRecord.live);
  return new Map(
    view.versions
      .filter(({ name }) => live.has(name))
      .map(({ name, migrations }) => [name, migrations === null ? null : new Set(migrations.keys())]),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
