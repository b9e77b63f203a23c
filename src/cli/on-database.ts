import type { Client } from "pg";
import type { CheckOptions } from "../check/options.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";

/** What a command takes that asks one database about its ledger. */
export type DatabaseFlags = Pick<CommonFlags, "config" | "environment" | "databaseUrl">;

export interface OnDatabase {
  readonly client: Client;
  readonly options: CheckOptions;
  readonly target: Target;
}

/**
 * Opens one connection to the database that the flags or the environment name.
 * @throws ConfigError, DatabaseTrouble
 */
export async function onDatabase(
  paths: readonly string[],
  flags: DatabaseFlags,
  act: (on: OnDatabase) => Promise<number>,
): Promise<number> {
  const options = await checkOptions(paths, { ...flags, databaseUrl: flags.databaseUrl ?? true, format: "text", color: false, live: [] });
  const [first, second] = options.config.environments;
  if (second !== undefined)
    throw new ConfigError("the command line", [
      {
        span: null,
        setting: "--environment",
        message: `this config has ${options.config.environments.length} environments`,
        help: `say which one is meant: --environment ${first?.name ?? ""}`,
      },
    ]);
  const target = options.database;
  if (target == null) throw new Error("no database was read from the command line");
  const { connectTo } = await import("../engines/postgres/introspect/connect.ts");
  const client = await connectTo(target, { settings: {}, connectTimeoutMs: 15_000 });
  try {
    return await act({ client, options, target });
  } finally {
    await client.end().catch(() => {});
  }
}
