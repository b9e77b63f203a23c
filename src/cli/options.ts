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
  return {
    cwd,
    config: narrowed(config, flags),
    paths,
    base: flags.base ?? null,
    appliedThrough: flags.appliedThrough ?? null,
    live: flags.live,
  };
}

async function rules(): Promise<RuleNames> {
  return (await import("../rules/policy.ts")).ruleNames();
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
