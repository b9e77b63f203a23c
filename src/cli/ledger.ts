import { ConfigError } from "../config/config-error.ts";
import type { Migration } from "../model/migration.ts";
import { whoAmI } from "./apply.ts";
import { EXIT } from "./exit-codes.ts";
import { type DatabaseFlags, onDatabase, type OnDatabase } from "./on-database.ts";
import { version } from "./version.ts";

export interface AdoptFlags extends DatabaseFlags {
  readonly through?: string;
  readonly nothing: boolean;
}

/** Begins a ledger on a database that was migrated before: by what its own tool recorded, or by what a person says. */
export async function adoptCommand(paths: readonly string[], flags: AdoptFlags): Promise<number> {
  if (flags.through !== undefined && flags.nothing) throw usage("--nothing", "contradicts --through", "give one of them");
  return await onDatabase(paths, flags, async (on) => {
    const [{ loadSources }, { keysOf }, { ensureLedger }, { adopt }, { becomeTheApplier }] = await Promise.all([
      import("../check/load-sources.ts"),
      import("../check/apply.ts"),
      import("../ledger/postgres/schema.ts"),
      import("../ledger/postgres/ledger.ts"),
      import("../ledger/postgres/one-applier.ts"),
    ]);
    const sources = await loadSources(on.options);
    const migrations = sources.migrations.filter(({ database, builtIn }) => database === "postgres" && builtIn !== true);
    const fatal = sources.problems.find((problem) => problem.fatal);
    if (fatal !== undefined) {
      process.stderr.write(`error: ${fatal.message}\n  help: ${fatal.help}\n`);
      return EXIT.incomplete;
    }
    const { ids, because } = await appliedOn(on, migrations, flags);
    await becomeTheApplier(on.client);
    await ensureLedger(on.client);
    const keyOf = keysOf(on.options);
    const chosen = migrations.filter(({ id }) => ids.has(id));
    const { rows } = await on.client.query<{ role: string }>("SELECT current_user AS role");
    const adopted = await adopt(
      on.client,
      chosen.map((migration) => ({ ...keyOf(migration), hash: migration.hash })),
      { tool: version(), by: whoAmI(rows[0]?.role ?? ""), from: because },
    );
    const rest = migrations.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
    process.stdout.write(
      `adopted ${adopted} of ${migrations.length} migrations (${because})${adopted < chosen.length ? `; ${chosen.length - adopted} were recorded already` : ""}\n${rest.length === 0 ? "nothing is pending\n" : `pending: ${rest.join(", ")}\n`}`,
    );
    return EXIT.ok;
  });
}

async function appliedOn(
  { options, target }: OnDatabase,
  migrations: readonly Migration[],
  { through, nothing }: AdoptFlags,
): Promise<{ readonly ids: ReadonlySet<string>; readonly because: string }> {
  if (nothing) return { ids: new Set(), because: "nothing was applied, as --nothing says" };
  if (through !== undefined) {
    const last = migrations.findIndex(({ id }) => id === through || id.startsWith(`${through}_`));
    if (last === -1)
      throw usage(
        "--through",
        `no migration has the id ${through}`,
        `the last ids are ${migrations
          .slice(-3)
          .map(({ id }) => id)
          .join(", ")}`,
      );
    return { ids: new Set(migrations.slice(0, last + 1).map(({ id }) => id)), because: `--through ${through}` };
  }
  const [{ askDatabase }, { loadPostgres }] = await Promise.all([
    import("../check/live-database.ts"),
    import("../engines/postgres/index.ts"),
  ]);
  const { applied, recorded, problems } = await askDatabase(await loadPostgres(), target, migrations);
  const failed = problems.find((problem) => problem.fatal);
  if (failed !== undefined) throw usage("ledger adopt", failed.message, failed.help);
  for (const { message, help } of problems.filter(({ code }) => code === "recorded-elsewhere"))
    process.stderr.write(`warning: ${message}\n  help: ${help === "" ? "look which it is; --through ID says it yourself" : help}\n`);
  if (applied === null || options.recorded !== undefined)
    throw usage(
      "ledger adopt",
      `${target.shown} holds no record of these migrations that tread knows`,
      "say it yourself: --through ID, or --nothing",
    );
  return { ids: applied, because: recorded };
}

export interface RepairFlags extends DatabaseFlags {
  readonly hash: boolean;
  readonly forget: boolean;
  readonly done: boolean;
}

/** A person has looked, and says how a migration stands. */
export async function repairCommand(id: string, flags: RepairFlags): Promise<number> {
  if ([flags.hash, flags.forget, flags.done].filter(Boolean).length !== 1)
    throw usage(
      "ledger repair",
      "say which: --hash, --done or --forget",
      "--hash: what is there now is what ran; --done: it ran; --forget: it did not, run it again",
    );
  return await onDatabase([], flags, async ({ client, options }) => {
    const [{ loadSources }, { keysOf }, { endMigration, isDownOf, readLedger, repair }, { becomeTheApplier }] = await Promise.all([
      import("../check/load-sources.ts"),
      import("../check/apply.ts"),
      import("../ledger/postgres/ledger.ts"),
      import("../ledger/postgres/one-applier.ts"),
    ]);
    const entries = await readLedger(client);
    const entry =
      entries.find(({ migration }) => migration === id) ??
      entries.find((one) => isDownOf(one) === null && one.migration.startsWith(`${id}_`));
    if (entry === undefined) throw usage("ledger repair", `the ledger records no migration ${id}`, "`tread status` lists what it records");
    await becomeTheApplier(client);
    const keyOf = keysOf(options);
    const file = flags.hash
      ? (await loadSources(options)).migrations.find(
          (migration) => migration.id === entry.migration && keyOf(migration).source === entry.source,
        )
      : undefined;
    if (flags.hash && file === undefined)
      throw usage("--hash", `no file is there for ${entry.migration}`, "name the folder in tread.config.yaml, under `sources`");
    await repair(client, entry, file !== undefined ? { hash: file.hash } : flags.forget ? "forget" : "done");
    const back = isDownOf(entry);
    if (back !== null && flags.done) await endMigration(client, { source: entry.source, migration: back }, "undone");
    process.stdout.write(
      `${entry.migration}: ${flags.hash ? "the file as it is now counts as what ran" : flags.forget ? "no longer recorded; the next `tread apply` runs it" : "recorded as done"}\n`,
    );
    return EXIT.ok;
  });
}

export interface PauseFlags extends DatabaseFlags {}

/** @param paused true for `pause`, false for `resume` */
export async function pauseCommand(id: string | undefined, paused: boolean, flags: PauseFlags): Promise<number> {
  return await onDatabase([], flags, async ({ client, target }) => {
    const { hasLedger } = await import("../ledger/postgres/schema.ts");
    const rowCount = (await hasLedger(client))
      ? (
          await client.query(
            "UPDATE tread.backfill SET paused = $1 WHERE NOT finished AND ($2::text IS NULL OR migration = $2 OR starts_with(migration, $2 || '_'))",
            [paused, id ?? null],
          )
        ).rowCount
      : 0;
    if ((rowCount ?? 0) === 0) {
      process.stderr.write(`error: no backfill is under way on ${target.shown}${id === undefined ? "" : ` for ${id}`}\n`);
      return EXIT.usage;
    }
    process.stdout.write(paused ? "paused after the batch that is running; `tread resume` goes on\n" : "it goes on\n");
    return EXIT.ok;
  });
}

function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
