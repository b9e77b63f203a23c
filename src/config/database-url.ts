import { ConfigError } from "./config-error.ts";
import type { EnvironmentConfig } from "./parsed-config.ts";

/** Variables of libpq from which a connection can be made without a URL (manual 32.15). */
const LIBPQ = ["PGHOST", "PGDATABASE", "PGUSER", "PGPORT"] as const;

/**
 * Which database a command is to ask: what the command line says, else the variable that the environment names, else `DATABASE_URL`, else
 * the `PG*` variables.
 * @param flag the URL; true for `--database-url` without a value, null without the flag
 * @returns a URL, or null for the `PG*` variables
 * @throws ConfigError when nothing says which; the URL itself is in no message
 */
export function databaseUrl(
  flag: string | true | null,
  environment: Pick<EnvironmentConfig, "name" | "databaseUrlFrom"> | null,
  variables: NodeJS.ProcessEnv,
): string | null {
  if (typeof flag === "string") return flag;
  const named = environment?.databaseUrlFrom ?? null;
  if (named !== null) {
    const value = variables[named] ?? "";
    if (value !== "") return value;
    throw missing(
      `${named} is not set, and environment ${environment?.name ?? ""} takes its database's URL from it`,
      `set ${named}, or give --database-url`,
    );
  }
  const url = variables["DATABASE_URL"] ?? "";
  if (url !== "") return url;
  if (LIBPQ.some((name) => (variables[name] ?? "") !== "")) return null;
  throw missing("which database?", "give --database-url postgres://user@host/database, or set DATABASE_URL or PGHOST and PGDATABASE");
}

/**
 * Which ClickHouse server a command is to ask: what the command line says, else the variable that the environment names, else
 * `CLICKHOUSE_URL`.
 * @throws ConfigError when nothing says which; the URL itself is in no message
 */
export function clickhouseUrl(
  flag: string | true | null,
  environment: Pick<EnvironmentConfig, "name" | "clickhouseUrlFrom"> | null,
  variables: NodeJS.ProcessEnv,
): string {
  if (typeof flag === "string") return flag;
  const named = environment?.clickhouseUrlFrom ?? "CLICKHOUSE_URL";
  const value = variables[named] ?? "";
  if (value !== "") return value;
  throw new ConfigError("the command line", [
    {
      span: null,
      setting: "--clickhouse-url",
      message:
        environment?.clickhouseUrlFrom == null
          ? "which ClickHouse server?"
          : `${named} is not set, and environment ${environment.name} takes its server's URL from it`,
      help:
        environment?.clickhouseUrlFrom == null
          ? "give --clickhouse-url https://user@host:8443/database, or set CLICKHOUSE_URL"
          : `set ${named}, or give --clickhouse-url`,
    },
  ]);
}

function missing(message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting: "--database-url", message, help }]);
}
