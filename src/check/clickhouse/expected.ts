import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import type { ReadOnlyClickHouse } from "../../engines/clickhouse/introspect/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Migration } from "../../model/migration.ts";
import { ConfigError } from "../../config/config-error.ts";
import { nearest } from "../../text/nearest.ts";
import { forDatabase, loadSources } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";
import { loadClickHouseBeginning } from "./beginning.ts";
import { foldClickHouse } from "./fold.ts";
import { readClickHouseRecords } from "./records.ts";

/** The schema that the repository says a cluster has. */
export interface ExpectedSchema {
  readonly state: ClickHouseState;
  /** How it was told which migrations are applied, in words. */
  readonly because: string;
  /** What could not be understood: tables that it touches may differ for that reason. */
  readonly notes: readonly string[];
}

/**
 * Folds the ClickHouse migrations that are applied; null where the repository has none.
 * @param server asked for the migration tool's record where nothing else says what is applied
 * @throws ConfigError when `--applied-through` names no migration
 */
export async function expectedClickHouse(options: CheckOptions, server: ReadOnlyClickHouse | null): Promise<ExpectedSchema | null> {
  const sources = forDatabase(await loadSources(options), "clickhouse");
  if (sources.migrations.length === 0) return null;
  const engine = await loadClickHouse();
  const beginning = loadClickHouseBeginning(engine, options, sources.sources, false);
  const notes = [...sources.problems, ...beginning.problems].map(({ message }) => message);
  if (beginning.later)
    return { state: beginning.state, because: `the schema of ${beginning.origin.name ?? "the source"} is what the cluster has`, notes };
  const applied = await appliedOf(
    options,
    sources.migrations,
    server,
    sources.sources.map(({ config }) => config.appliedThrough),
  );
  const folded = foldClickHouse(engine, applied.migrations, beginning.state, new Map(), beginning.certain, beginning.database);
  for (const { migration, statements } of folded)
    for (const { statement } of statements) {
      const reason = statement.syntaxError?.message ?? statement.opaque;
      if (reason !== null) notes.push(`${migration.id}: a statement is not understood (${reason}): what it makes is not compared`);
    }
  const end = folded.at(-1)?.statements.at(-1)?.after ?? beginning.state;
  return { state: end, because: applied.because, notes };
}

async function appliedOf(
  options: CheckOptions,
  migrations: readonly Migration[],
  server: ReadOnlyClickHouse | null,
  configured: readonly (string | null)[],
): Promise<{ readonly migrations: readonly Migration[]; readonly because: string }> {
  const [environment] = options.config.environments.length === 1 ? options.config.environments : [];
  const through = options.appliedThrough ?? environment?.appliedThrough ?? configured.find((one) => one !== null) ?? null;
  if (through !== null) {
    const index = migrations.findIndex(({ id }) => id === through);
    if (index < 0) {
      const meant = nearest(
        through,
        migrations.map(({ id }) => id),
      );
      const message = `no migration has the id ${JSON.stringify(through)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`;
      throw new ConfigError("the command line", [{ span: null, setting: "--applied-through", message, help: "" }]);
    }
    return { migrations: migrations.slice(0, index + 1), because: `migrations through ${through} are applied, as was said` };
  }
  if (server !== null) {
    const { ids, words } = await readClickHouseRecords(server, migrations);
    if (ids !== null)
      return { migrations: migrations.filter(({ id }) => ids.has(id)), because: `what ${server.shown} records is applied: ${words}` };
  }
  return { migrations, because: "all migrations are taken as applied: nothing says otherwise (--applied-through)" };
}
