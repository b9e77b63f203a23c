import { ConfigError } from "../config/config-error.ts";
import { loadConfig } from "../config/load.ts";
import type { CheckOptions } from "../check/options.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import { POSTGRES_MAJORS } from "../engines/postgres/engine.ts";
import type { CommonFlags } from "./main.ts";

/** The config with what the command line says on top. @throws ConfigError */
export async function checkOptions(paths: readonly string[], flags: CommonFlags): Promise<CheckOptions> {
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
  const { environment, postgres } = flags;
  let environments = config.environments;
  if (environment !== undefined) {
    environments = environments.filter((candidate) => candidate.name === environment);
    if (environments.length === 0) {
      const known = config.environments.map((candidate) => candidate.name).join(", ");
      throw usage("--environment", `there is no environment ${environment}`, `known: ${known}`);
    }
  }
  if (postgres !== undefined) {
    if (!POSTGRES_MAJORS.some((major) => major === postgres)) {
      throw usage("--postgres", `${postgres} is no Postgres version that tread knows`, `known: ${POSTGRES_MAJORS.join(", ")}`);
    }
    environments = environments.map((candidate) => ({ ...candidate, postgres, postgresFrom: "option" }));
  }
  const taken = new Set(config.live.map((entry) => entry.name));
  for (const { name } of flags.live) {
    if (taken.has(name)) throw usage("--live", `there are two live versions named ${name}`, "give the added one another name");
    taken.add(name);
  }
  return { ...config, environments };
}

function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
