import { ConfigError } from "../config/config-error.ts";
import { selectEnvironments, withPostgres } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
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
  const config = await loadConfig(flags.config === undefined ? { cwd } : { cwd, file: flags.config });
  return {
    cwd,
    config: narrowed(config, flags),
    paths,
    base: flags.base ?? null,
    appliedThrough: flags.appliedThrough ?? null,
    live: flags.live,
  };
}

function narrowed(config: ParsedConfig, flags: CommonFlags): ParsedConfig {
  const chosen = { ...config, environments: selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]) };
  const versioned = flags.postgres === undefined ? chosen : withPostgres(chosen, flags.postgres);
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
