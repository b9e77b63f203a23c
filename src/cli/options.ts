import { closeSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import { selectEnvironments, withClickHouse, withPostgres } from "../config/environments.ts";
import { loadConfig, type RuleNames } from "../config/load.ts";
import type { CheckOptions } from "../check/options.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { CommonFlags } from "./main.ts";

/** The config with what the command line says on top. @throws ConfigError */
export async function checkOptions(paths: readonly string[], flags: CommonFlags): Promise<CheckOptions> {
  const cwd = process.cwd();
  // The grammar's wasm compiles in the background while the config is read. Whoever needs
  // it waits for the same promise, and meets its error. Where everything is for ClickHouse nobody does.
  if (!onlyClickHouse(cwd, paths, flags)) loadPostgres().catch(() => {});
  const config = await loadConfig({ cwd, rules, ...(flags.config === undefined ? {} : { file: flags.config }) });
  const narrowedConfig = narrowed(config, flags);
  return {
    cwd,
    config: narrowedConfig,
    paths,
    base: flags.base ?? null,
    appliedThrough: flags.appliedThrough ?? null,
    pathsDatabase: flags.database ?? null,
    ...(flags.facts === undefined ? {} : { facts: flags.facts }),
    ...(await schemaOptions(flags, narrowedConfig)),
    live: flags.live,
  };
}

async function rules(): Promise<RuleNames> {
  return (await import("../rules/policy.ts")).ruleNames();
}

/** Where the schema before comes from, when it is more than the migrations. @throws ConfigError, DatabaseTrouble for a URL that cannot be read */
async function schemaOptions(flags: CommonFlags, config: ParsedConfig): Promise<Pick<CheckOptions, "schema" | "database" | "clickhouse">> {
  if (flags.clickhouseUrl !== undefined)
    return { ...(await postgresSchema(flags, config)), clickhouse: await clickhouseTarget(flags, config) };
  return await postgresSchema(flags, config);
}

/** @throws ConfigError, DatabaseTrouble */
async function clickhouseTarget(flags: CommonFlags, config: ParsedConfig): Promise<NonNullable<CheckOptions["clickhouse"]>> {
  const named = config.environments.filter((environment) => (environment.clickhouseUrlFrom ?? null) !== null);
  const [{ clickhouseUrl }, { readClickHouseTarget }] = await Promise.all([
    import("../config/database-url.ts"),
    import("../engines/clickhouse/introspect/target.ts"),
  ]);
  const url = clickhouseUrl(flags.clickhouseUrl ?? null, named.length === 1 ? (named[0] ?? null) : null, process.env);
  return readClickHouseTarget(url, process.env);
}

async function postgresSchema(flags: CommonFlags, config: ParsedConfig): Promise<Pick<CheckOptions, "schema" | "database">> {
  if (flags.databaseUrl === undefined) return flags.schema === undefined ? {} : { schema: flags.schema };
  if (flags.schema !== undefined)
    throw usage("--schema", "a file and --database-url are two answers to one question", "the schema before comes from one of them");
  const named = config.environments.filter((environment) => (environment.databaseUrlFrom ?? null) !== null);
  const [{ databaseUrl }, { readTarget }] = await Promise.all([
    import("../config/database-url.ts"),
    import("../engines/postgres/introspect/target.ts"),
  ]);
  const url = databaseUrl(flags.databaseUrl, named.length === 1 ? (named[0] ?? null) : null, process.env);
  return { database: readTarget(url, process.env) };
}

function narrowed(config: ParsedConfig, flags: CommonFlags): ParsedConfig {
  const chosen = { ...config, environments: selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]) };
  const presets = [...new Set([...config.policy.presets, ...(flags.preset ?? [])])];
  const asked = { ...chosen, policy: { ...config.policy, presets } };
  const major = flags.postgres === undefined ? asked : withPostgres(asked, flags.postgres);
  const versioned = flags.clickhouse === undefined ? major : withClickHouse(major, flags.clickhouse);
  const taken = new Set(config.live.map((entry) => entry.name));
  for (const { name } of flags.live) {
    if (taken.has(name)) throw usage("--live", `there are two live versions named ${name}`, "give the added one another name");
    taken.add(name);
  }
  return versioned;
}

function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}

/**
 * A guess from few bytes, made before anything is read: that a folder's first SQL file creates a MergeTree table. A wrong one costs
 * time and nothing else.
 */
function onlyClickHouse(cwd: string, paths: readonly string[], flags: CommonFlags): boolean {
  if (flags.database !== undefined) return flags.database === "clickhouse";
  return paths.length > 0 && paths.every((path) => /\bENGINE\s*=?\s*\w*MergeTree\b|\bON\s+CLUSTER\b/i.test(firstSql(resolve(cwd, path))));
}

const PEEKED_BYTES = 65_536;

function firstSql(path: string): string {
  try {
    const name = statSync(path).isDirectory()
      ? readdirSync(path)
          .sort()
          .find((each) => each.endsWith(".sql"))
      : "";
    if (name === undefined) return "";
    const file = openSync(join(path, name), "r");
    try {
      const buffer = Buffer.alloc(PEEKED_BYTES);
      return buffer.toString("utf8", 0, readSync(file, buffer, 0, PEEKED_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    // Whoever reads it properly says what is wrong with it.
    return "";
  }
}
