import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../../engines/clickhouse/introspect/index.ts";
import { emptyClickHouseState, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ScaleProfile } from "../../model/environment.ts";
import type { Migration, Problem } from "../../model/migration.ts";
import type { CheckOptions } from "../options.ts";
import { foldDump, type ClickHouseBeginning } from "./beginning.ts";
import { readClickHouseRecords } from "./records.ts";

/** A beginning that a live server told, with what else it says of itself. */
export interface LiveClickHouse extends ClickHouseBeginning {
  /** `26.7.2.1`. */
  readonly version: string;
  /** Sizes without ranges. */
  readonly profile: ScaleProfile | null;
}

/** Longest that one question to the server may take. */
const TIMEOUT_SECONDS = 30;

/**
 * Asks a live server for its schema, for what is applied there and for the sizes of its tables, read-only.
 * @throws DatabaseTrouble when it cannot be asked
 */
export async function askClickHouse(
  engine: ClickHouseEngine,
  target: ClickHouseTarget,
  migrations: readonly Migration[],
): Promise<LiveClickHouse> {
  const { openReadOnlyClickHouse, readClickHouseSchema } = await import("../../engines/clickhouse/introspect/index.ts");
  const server = await openReadOnlyClickHouse(target, { timeoutSeconds: TIMEOUT_SECONDS });
  const schema = await readClickHouseSchema(server, null);
  const problems: Problem[] = schema.notes.map((note) => ({
    code: "not-read",
    message: `${server.shown}: ${note}`,
    help: "what is not seen is not known to this check",
    span: null,
    fatal: false,
  }));
  const state = withFreshSession(foldDump(engine, schema.sql, server.shown, emptyClickHouseState(), problems, server.database));
  const recorded = await readClickHouseRecords(server, migrations);
  problems.push(...recorded.problems);
  if (recorded.ids === null && migrations.length > 0) {
    problems.push({
      code: "record-not-known",
      message: `${server.shown} holds no record of these migrations that tread knows: which of them are applied there is not known`,
      help: "say it: --applied-through ID, or --base REF; without, what nothing else says is applied is judged on top of the live schema",
      span: null,
      fatal: false,
    });
  }
  return {
    state,
    dumps: [schema.sql],
    database: server.database,
    problems,
    later: true,
    certain: true,
    recorded: recorded.ids === null ? null : { ids: recorded.ids, because: `what ${server.shown} records is applied: ${recorded.words}` },
    origin: { from: "database", name: server.shown, applied: recorded.ids === null ? null : recorded.words },
    version: server.version,
    profile: await sizes(server),
  };
}

/** Version and sizes of the server hold in environments that say nothing about them. */
export function withServer(options: CheckOptions, { version, profile }: LiveClickHouse): CheckOptions {
  const environments = options.config.environments.map((environment) => ({
    ...environment,
    clickhouse: environment.clickhouse ?? version,
    profiles:
      profile === null || environment.assume !== null || environment.profiles.some(({ server }) => server.engine === "clickhouse")
        ? environment.profiles
        : [...environment.profiles, profile],
  }));
  return { ...options, config: { ...options.config, environments } };
}

/** Sizes are nice to have: without them the check goes on with sizes unknown. */
async function sizes(server: ReadOnlyClickHouse): Promise<ScaleProfile | null> {
  const { collectClickHouse } = await import("../../scale/collect/clickhouse/index.ts");
  const { DatabaseTrouble } = await import("../../engines/postgres/introspect/trouble.ts");
  try {
    return (await collectClickHouse(server, { databases: null, cluster: null, withRanges: false, progress: () => {} })).profile;
  } catch (error) {
    if (error instanceof DatabaseTrouble) return null;
    throw error;
  }
}
