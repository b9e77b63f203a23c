import { ConfigError } from "../config/config-error.ts";
import { selectEnvironments, withPostgres } from "../config/environments.ts";
import { loadConfig, type RuleNames } from "../config/load.ts";
import type { CheckOptions } from "../check/options.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { CommonFlags } from "./main.ts";

/** The config with what the command line says on top. @throws ConfigError */
export async function checkOptions(paths: readonly string[], flags: CommonFlags): Promise<CheckOptions> {
  // The grammar's wasm compiles in the background while the config is read. Whoever needs
  // it waits for the same promise, and meets its error.
  loadPostgres().catch(() => {});
  const cwd = process.cwd();
  const config = await loadConfig({ cwd, rules, ...(flags.config === undefined ? {} : { file: flags.config }) });
  const narrowedConfig = narrowed(config, flags);
  return {
    cwd,
    config: narrowedConfig,
    paths,
    base: flags.base ?? null,
    appliedThrough: flags.appliedThrough ?? null,
    ...(await schemaOptions(flags, narrowedConfig)),
    live: flags.live,
  };
}

async function rules(): Promise<RuleNames> {
  return (await import("../rules/policy.ts")).ruleNames();
}

/** Where the schema before comes from, when it is more than the migrations. @throws ConfigError, DatabaseTrouble for a URL that cannot be read */
async function schemaOptions(flags: CommonFlags, config: ParsedConfig): Promise<Pick<CheckOptions, "schema" | "database">> {
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
  const versioned = flags.postgres === undefined ? asked : withPostgres(asked, flags.postgres);
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
