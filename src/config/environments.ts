import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ScaleProfile } from "../model/environment.ts";
import { publishedSchema } from "../scale/fits.ts";
import { majorVersion, readProfile } from "../scale/profile.ts";
import { nearest } from "../text/nearest.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigProblem } from "./config-error.ts";
import { NEWEST_POSTGRES_VERSION, POSTGRES_VERSIONS } from "./known.ts";
import { isUnreadable } from "./located.ts";
import type { Located } from "./located.ts";
import type { EnvironmentConfig, ParsedConfig } from "./parsed-config.ts";
import { problemsOf } from "./problems.ts";
import type { RawEnvironment } from "./schema.ts";

/** An environment of which nothing is known: newest Postgres, sizes unknown, every live version serves. */
export function bareEnvironment(name: string): EnvironmentConfig {
  return {
    name,
    postgres: NEWEST_POSTGRES_VERSION,
    postgresFrom: "default",
    assume: null,
    profiles: [],
    live: null,
    appliedThrough: null,
    clickhouse: null,
    cluster: null,
    supports: null,
    scale: [],
  };
}

/** @param profiles scale profiles read so far, by path: environments often share one */
export function resolveEnvironment(
  name: string,
  raw: RawEnvironment,
  profiles: ReadonlyMap<string, ScaleProfile>,
  read: Located,
): { environment: EnvironmentConfig; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const scale = pathsOf(raw.scale);
  const own = scale.flatMap((path) => profiles.get(path) ?? []);
  const majors = [...new Set(own.filter((p) => p.server.engine === "postgres").map((p) => majorVersion(p.server.version)))];
  const [profiled] = majors;
  if (raw.postgres === undefined && profiled !== undefined && profiled !== null) {
    const span = read.span(["environments", name, "scale"], "value");
    const setting = `environments.${name}.scale`;
    if (majors.length > 1) {
      const help = `say which one runs here: postgres: ${majors[0]}`;
      problems.push({ span, setting, message: `the profiles name different Postgres versions (${majors.join(", ")})`, help });
    } else if (!POSTGRES_VERSIONS.includes(profiled)) {
      const message = `the profile is of PostgreSQL ${profiled}, and tread knows ${POSTGRES_VERSIONS[0]} to ${NEWEST_POSTGRES_VERSION}`;
      problems.push({ span, setting, message, help: "say which known version is nearest: postgres: 13" });
    }
  }
  const version = raw.postgres ?? profiled ?? NEWEST_POSTGRES_VERSION;
  const environment: EnvironmentConfig = {
    name,
    postgres: Number(version),
    postgresFrom: raw.postgres !== undefined ? "environment" : profiled ? "profile" : "default",
    assume: raw.assume ?? null,
    profiles: own,
    live: raw.live ?? null,
    appliedThrough: raw.appliedThrough ?? null,
    clickhouse: raw.clickhouse ?? own.find((p) => p.server.engine === "clickhouse")?.server.version ?? null,
    cluster: raw.cluster ?? null,
    supports: raw.supports ?? null,
    scale,
    databaseUrlFrom: raw.databaseUrlFrom ?? null,
    clickhouseUrlFrom: raw.clickhouseUrlFrom ?? null,
  };
  return { environment, problems };
}

/** @throws ConfigError for what is no version */
export function withClickHouse(config: ParsedConfig, version: string): ParsedConfig {
  if (!/^\d+(\.\d+)+$/.test(version)) {
    const message = `expected a version such as 26.3, found ${JSON.stringify(version)}`;
    throw new ConfigError("the command line", [{ span: null, setting: "--clickhouse", message, help: "" }]);
  }
  return { ...config, environments: config.environments.map((environment) => ({ ...environment, clickhouse: version })) };
}

export function pathsOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

/**
 * Reads one scale profile.
 * @param path as written in the config, relative to `root`
 */
export async function loadProfile(
  cwd: string,
  root: string,
  path: string,
): Promise<{ profile: ScaleProfile | null; problems: ConfigProblem[] }> {
  const absolute = resolve(root, path);
  const file = displayPath(cwd, absolute);
  let text: string;
  try {
    text = readFileSync(absolute, "utf8");
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { profile: null, problems: [{ span: null, setting: file, message, help: "" }] };
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return { profile: null, problems: (await located(file, text)).problems };
  }
  const result = await readProfile(value);
  if (result.ok) return { profile: result.profile, problems: [] };
  // Places are worked out only now: a profile of ten thousand columns is large, and is nearly always right.
  const { read, problems } = await located(file, text);
  const shown = read === null ? problems : problemsOf(result.issues, read, () => publishedSchema("scale"));
  const more = shown.length - 20;
  if (more > 0) {
    shown.length = 20;
    shown.push({ span: null, setting: file, message: `and ${more} more like these`, help: "" });
  }
  return { profile: null, problems: shown };
}

async function located(file: string, text: string): Promise<{ read: Located | null; problems: ConfigProblem[] }> {
  const { readYaml } = await import("./read-yaml.ts");
  const read = readYaml(file, text, "json");
  if (!isUnreadable(read)) return { read, problems: [] };
  return { read: null, problems: read.errors.slice(0, 5).map((error) => ({ ...error, setting: "" })) };
}

/** Forward slashes, relative to the working directory where that is shorter to read. */
export function displayPath(cwd: string, absolute: string): string {
  const path = relative(cwd, absolute);
  return (path === "" ? "." : path).split(sep).join("/");
}

/**
 * The environments that a run is about.
 * @param names from `--environment`; null or empty: all
 * @throws ConfigError when one does not exist
 */
export function selectEnvironments(config: ParsedConfig, names: readonly string[] | null): readonly EnvironmentConfig[] {
  if (names === null || names.length === 0) return config.environments;
  const known = config.environments.map((environment) => environment.name);
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name): ConfigProblem => {
      const meant = nearest(name, known);
      const message = `there is no environment ${JSON.stringify(name)}${meant === null ? "" : `; did you mean \`${meant}\`?`}`;
      return { span: null, setting: "--environment", message, help: `known: ${known.join(", ")}` };
    });
  if (problems.length > 0) throw new ConfigError(config.file ?? "the command line", problems);
  return config.environments.filter((environment) => names.includes(environment.name));
}

/**
 * The same settings with every environment on one Postgres major (`--postgres MAJOR`).
 * @throws ConfigError when tread does not know that version
 */
export function withPostgres(config: ParsedConfig, major: string | number): ParsedConfig {
  const version = Number(major);
  if (!POSTGRES_VERSIONS.includes(version)) {
    const message = `expected a major version from ${POSTGRES_VERSIONS[0]} to ${NEWEST_POSTGRES_VERSION}, found ${JSON.stringify(String(major))}`;
    throw new ConfigError("the command line", [{ span: null, setting: "--postgres", message, help: "" }]);
  }
  return { ...config, environments: config.environments.map((e) => ({ ...e, postgres: version, postgresFrom: "option" as const })) };
}
