import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { ScaleProfile } from "../model/environment.ts";
import { fits, publishedSchema } from "../scale/fits.ts";
import { checkNames, checkRuleNames } from "./check-names.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigProblem } from "./config-error.ts";
import { bareEnvironment, displayPath, loadProfile, pathsOf, resolveEnvironment } from "./environments.ts";
import { DEFAULT_THRESHOLDS } from "./known.ts";
import { isUnreadable } from "./located.ts";
import type { Located } from "./located.ts";
import type { EnvironmentConfig, LiveConfig, ParsedConfig, SourceConfig } from "./parsed-config.ts";
import { problemsOf } from "./problems.ts";
import type { RawConfig, RawLive, RawSource } from "./schema.ts";

/** In the order in which `tread init` would choose. */
export const CONFIG_FILES: readonly string[] = [
  "tread.config.yaml",
  "tread.config.yml",
  "tread.config.json",
  "tread.config.ts",
  "tread.config.mts",
  "tread.config.mjs",
  "tread.config.js",
];

export interface LoadOptions {
  /** Absolute. */
  readonly cwd: string;
  /** From `--config`; default: `tread.config.*` in `cwd`, or above it up to the root of the git repository. */
  readonly file?: string;
  /** Ids of the rules, and of those that nothing may switch off or change: asked only where a config names rules. */
  readonly rules?: () => Promise<RuleNames>;
  /** The command writes the cluster file that an environment names: one that is not there yet is no problem. */
  readonly adopting?: boolean;
}

export interface RuleNames {
  readonly known: readonly string[];
  readonly fixed: readonly string[];
}

/**
 * Reads the settings, and the scale profiles they name.
 * @throws ConfigError with every problem at once
 */
export async function loadConfig(options: LoadOptions): Promise<ParsedConfig> {
  const path = options.file === undefined ? findConfig(options.cwd) : resolve(options.cwd, options.file);
  if (path === null) return defaultConfig(options.cwd);
  const file = displayPath(options.cwd, path);
  const read = await readConfigFile(path, file);
  const root = dirname(path);

  const value = read.value ?? {};
  const schema = publishedSchema("config");
  const issues = fits(schema, value) ? [] : (await import("./schema.ts")).configIssues(value);
  const problems = [
    ...problemsOf(issues, read, () => schema),
    ...checkNames(read, root, options.adopting === true),
    ...(await checkRules(read, options.rules)),
  ];
  const raw: RawConfig = issues.length === 0 ? value : {};
  const profiles = new Map<string, ScaleProfile>();
  for (const scale of new Set(Object.values(raw.environments ?? {}).flatMap((e) => pathsOf(e?.scale)))) {
    if (!existsSync(resolve(root, scale))) continue; // checkNames has said so, at its line
    const loaded = await loadProfile(options.cwd, root, scale);
    problems.push(...loaded.problems);
    if (loaded.profile !== null) profiles.set(scale, loaded.profile);
  }
  const environments = Object.entries(raw.environments ?? {}).map(([name, environment]): EnvironmentConfig => {
    const resolved = resolveEnvironment(name, environment ?? {}, profiles, read);
    problems.push(...resolved.problems);
    return resolved.environment;
  });
  if (problems.length > 0) throw new ConfigError(file, inOrder(problems));
  return {
    root,
    file,
    sources: raw.sources === undefined ? await detected(root, raw) : raw.sources.map((source) => sourceOf(source, raw)),
    live: await Promise.all((raw.live ?? []).map((entry) => liveOf(entry, root))),
    ...(raw.releases === undefined ? {} : { releases: raw.releases }),
    environments: environments.length > 0 ? environments : [bareEnvironment("default")],
    thresholds: {
      largeRows: raw.thresholds?.largeRows ?? DEFAULT_THRESHOLDS.largeRows,
      hotReadsPerSecond: raw.thresholds?.hotReadsPerSecond ?? DEFAULT_THRESHOLDS.hotReadsPerSecond,
      stallMs: raw.thresholds?.stallMs ?? DEFAULT_THRESHOLDS.stallMs,
    },
    policy: {
      failOn: raw.policy?.failOn ?? "error",
      onUnknown: raw.policy?.onUnknown ?? "fail",
      review: raw.policy?.review ?? [],
      ...(raw.policy?.teams === undefined ? {} : { teams: teamsOf(raw.policy.teams) }),
      ...(raw.policy?.allowedSigners === undefined ? {} : { allowedSigners: raw.policy.allowedSigners }),
      rules: raw.policy?.rules ?? {},
      presets: raw.policy?.presets ?? [],
    },
    workload: pathsOf(raw.workload),
  };
}

function teamsOf(raw: Readonly<Record<string, string | string[]>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(raw).map(([name, members]) => [name, typeof members === "string" ? [members] : members]));
}

async function checkRules(read: Located, rules: LoadOptions["rules"]): Promise<ConfigProblem[]> {
  return rules === undefined || !namesRules(read.value) ? [] : checkRuleNames(read, await rules());
}

function namesRules(value: unknown): boolean {
  const policy = (value as { policy?: { rules?: unknown } | null } | null)?.policy;
  return typeof policy?.rules === "object" && policy.rules !== null;
}

/** What holds without a config file: the sources that can be seen, and one environment of which nothing is known. */
export async function defaultConfig(cwd: string): Promise<ParsedConfig> {
  return {
    root: resolve(cwd),
    file: null,
    sources: await detected(cwd, {}),
    live: [],
    environments: [bareEnvironment("default")],
    thresholds: DEFAULT_THRESHOLDS,
    policy: { failOn: "error", onUnknown: "fail", review: [], rules: {}, presets: [] },
    workload: [],
  };
}

/**
 * The config file that holds for `cwd`, absolute, or null. Looks upwards only inside a git repository: what lies above one
 * belongs to somebody else.
 * @throws ConfigError when a folder holds two
 */
function findConfig(cwd: string): string | null {
  const start = resolve(cwd);
  let top: string | null = start;
  while (top !== null && !existsSync(join(top, ".git"))) top = dirname(top) === top ? null : dirname(top);
  for (let folder = start; ; folder = dirname(folder)) {
    const here = configFilesIn(folder);
    if (here.length > 1) {
      const message = `this folder holds ${here.length} config files: ${here.join(", ")}`;
      throw new ConfigError(displayPath(cwd, folder), [{ span: null, setting: "", message, help: "keep one, or name it with --config" }]);
    }
    if (here[0] !== undefined) return join(folder, here[0]);
    if (top === null || folder === top) return null;
  }
}

function configFilesIn(folder: string): string[] {
  try {
    const names = new Set(readdirSync(folder));
    return CONFIG_FILES.filter((name) => names.has(name));
  } catch {
    return [];
  }
}

async function readConfigFile(path: string, file: string): Promise<Located> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code ?? String(error)})`;
    throw new ConfigError(file, [
      { span: null, setting: "--config", message: `${file} ${why}`, help: "`tread init` writes a config file" },
    ]);
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const extension = extname(path);
  if (![".yaml", ".yml", ".json", ".ts", ".mts", ".mjs", ".js"].includes(extension)) {
    const message = `cannot tell the format of ${file}`;
    throw new ConfigError(file, [{ span: null, setting: "--config", message, help: "name it .yaml, .json, .ts or .mjs" }]);
  }
  const read = /^\.(ya?ml|json)$/.test(extension)
    ? (await import("./read-yaml.ts")).readYaml(file, text, extension === ".json" ? "json" : "yaml")
    : await (await import("./read-script.ts")).readScript(file, text);
  if (isUnreadable(read)) throw new ConfigError(file, inOrder(read.errors.map((error) => ({ ...error, setting: "" }))));
  return read;
}

function sourceOf(source: RawSource, config: RawConfig): SourceConfig {
  const django = source.type === "django" ? { ...config.django, ...source.django } : {};
  const operations = { ...config.django?.operations, ...source.django?.operations };
  return {
    type: source.type,
    root: source.root ?? source.path ?? ".",
    database: source.database ?? (source.type === "django-clickhouse" ? "clickhouse" : "postgres"),
    ...(source.type === "sql-dir" && source.database === undefined ? { databaseFrom: "default" } : {}),
    appliedThrough: source.appliedThrough ?? null,
    base: source.base ?? null,
    schema: source.schema ?? null,
    options: optionsOf(source, { ...django, operations }, config),
  };
}

function optionsOf(source: RawSource, django: Readonly<Record<string, unknown>>, config: RawConfig): SourceConfig["options"] {
  const { functions, constants } = source;
  switch (source.type) {
    case "django":
      return django;
    case "django-clickhouse": {
      const settings = source.django?.settings ?? config.django?.settings;
      return {
        ...(functions === undefined ? {} : { functions }),
        ...(constants === undefined ? {} : { constants }),
        ...(settings === undefined ? {} : { settings }),
      };
    }
    default:
      return constants === undefined ? {} : { constants };
  }
}

async function liveOf(live: RawLive, root: string): Promise<LiveConfig> {
  if (live.sql !== undefined) {
    const { databaseOfQueries } = await import("./detect.ts");
    const database = live.database ?? (await databaseOfQueries(resolve(root, live.sql)));
    return { kind: "sql", name: live.name, path: live.sql, database };
  }
  return { kind: "app", name: live.name, type: live.type ?? null, ref: live.ref ?? null, path: live.path ?? null, root: live.root ?? null };
}

async function detected(root: string, config: RawConfig): Promise<SourceConfig[]> {
  const { detectIn } = await import("./detect.ts");
  const found = await detectIn(root);
  return found.map((source) => sourceOf({ type: source.type, root: source.root, database: source.database }, config));
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const line = (problem: ConfigProblem): number => (problem.span?.line ?? 0) * 10_000 + (problem.span?.column ?? 0);
  return [...problems].sort((a, b) => (a.span?.file ?? "").localeCompare(b.span?.file ?? "") || line(a) - line(b));
}
