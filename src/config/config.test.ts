import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { NEWEST_POSTGRES, POSTGRES_MAJORS } from "../engines/postgres/engine.ts";
import { ConfigError } from "./config-error.ts";
import { selectEnvironments, withPostgres } from "./environments.ts";
import { NEWEST_POSTGRES_VERSION, POSTGRES_VERSIONS } from "./known.ts";
import { defaultConfig, loadConfig } from "./load.ts";
import type { ParsedConfig } from "./parsed-config.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project with these files; folders for paths that end in a slash. */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "tread-config-"));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    const absolute = join(root, path);
    mkdirSync(path.endsWith("/") ? absolute : dirname(absolute), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(absolute, content);
  }
  return root;
}

async function refusal(files: Readonly<Record<string, string>>): Promise<ConfigError> {
  const error: unknown = await loadConfig({ cwd: project(files) }).then(
    () => "nothing was wrong",
    (e: unknown) => e,
  );
  if (!(error instanceof ConfigError)) throw new Error(`expected a ConfigError, got ${String(error)}`);
  return error;
}

function firstLines(error: ConfigError): string[] {
  return error.problems.map((p) => `${p.span === null ? "-" : `${p.span.line}:${p.span.column}`} ${p.setting}: ${p.message}`);
}

const CLOUD_PROFILE = JSON.stringify({
  format: "tread.scale/1",
  collectedAt: "2026-11-21T08:00:00Z",
  server: { engine: "postgres", version: "17.4" },
  tables: [
    { table: "person", rows: 2_004_118_230, bytes: 812_000_000_000, readsPerSecond: 5200, columns: [{ column: "email", type: "text" }] },
  ],
});

const EVERYTHING = `
sources:
  - { type: django, root: backend, appliedThrough: person.0009_backfill, schema: structure.sql, django: { operations: { SafeAddIndex: AddIndexConcurrently } } }
  - { type: sql-dir, path: clickhouse/migrations, database: clickhouse, base: dump.sql }
live:
  - { name: v1.42, ref: release-1.42, root: backend }
  - { name: v1.43, path: releases/v1.43 }
  - { name: workers, sql: workers/queries.sql }
environments:
  local: { assume: small }
  self-hosted: { postgres: 14, appliedThrough: person.0004_team, supports: '>=1.40' }
  cloud:
    clickhouse: "26.3"
    scale: [scale/cloud.json]
    cluster: clickhouse/cluster.yaml
    live: [v1.43, workers]
    databaseUrlFrom: CLOUD_DATABASE_URL
  empty:
workload: [workload/events.sql]
thresholds: { largeRows: 5000, stallMs: 2.5 }
policy:
  failOn: warning
  onUnknown: pass
  review: [{ paths: ["clickhouse/**"], approvers: ["@data-infra"] }]
  presets: [style]
  rules: { drop-column: warning, wide-table: off }
django: { settings: config.settings }
`;

const EVERY_PATH = {
  "backend/": "",
  "clickhouse/migrations/": "",
  "dump.sql": "",
  "structure.sql": "",
  "releases/v1.43/": "",
  "workers/queries.sql": "",
  "scale/cloud.json": CLOUD_PROFILE,
  "clickhouse/cluster.yaml": "",
  "workload/events.sql": "",
};

describe("a config that uses every setting", () => {
  const load = (): Promise<ParsedConfig> => loadConfig({ cwd: project({ "tread.config.yaml": EVERYTHING, ...EVERY_PATH }) });

  test("comes back whole", async () => {
    const config = await load();
    expect(config.file).toBe("tread.config.yaml");
    expect(config.sources).toEqual([
      {
        type: "django",
        root: "backend",
        database: "postgres",
        appliedThrough: "person.0009_backfill",
        base: null,
        schema: "structure.sql",
        options: { settings: "config.settings", operations: { SafeAddIndex: "AddIndexConcurrently" } },
      },
      {
        type: "sql-dir",
        root: "clickhouse/migrations",
        database: "clickhouse",
        appliedThrough: null,
        base: "dump.sql",
        schema: null,
        options: {},
      },
    ]);
    expect(config.environments.map((e) => e.databaseUrlFrom)).toEqual([null, null, "CLOUD_DATABASE_URL", null]);
    expect(config.live).toEqual([
      { kind: "app", name: "v1.42", type: null, ref: "release-1.42", path: null, root: "backend" },
      { kind: "app", name: "v1.43", type: null, ref: null, path: "releases/v1.43", root: null },
      { kind: "sql", name: "workers", path: "workers/queries.sql", database: "postgres" },
    ]);
    expect(config.thresholds).toEqual({ largeRows: 5000, hotReadsPerSecond: 1000, stallMs: 2.5 });
    expect(config.policy).toEqual({
      failOn: "warning",
      onUnknown: "pass",
      review: [{ paths: ["clickhouse/**"], approvers: ["@data-infra"] }],
      presets: ["style"],
      rules: { "drop-column": "warning", "wide-table": "off" },
    });
    expect(config.workload).toEqual(["workload/events.sql"]);
  });

  test("an environment's Postgres is its own, else its profile's, else the newest", async () => {
    const { environments } = await load();
    expect(environments.map((e) => [e.name, e.postgres, e.postgresFrom])).toEqual([
      ["local", 18, "default"],
      ["self-hosted", 14, "environment"],
      ["cloud", 17, "profile"],
      ["empty", 18, "default"],
    ]);
  });

  test("profiles are read: bare names are public's, what is left out is null", async () => {
    const cloud = (await load()).environments.find((e) => e.name === "cloud");
    expect(cloud?.profiles[0]?.tables[0]).toMatchObject({
      table: "public.person",
      rows: 2_004_118_230,
      indexBytes: null,
      writesPerSecond: null,
    });
    expect(cloud).toMatchObject({ cluster: "clickhouse/cluster.yaml", clickhouse: "26.3", live: ["v1.43", "workers"] });
  });

  test("--environment chooses, and --postgres overrides", async () => {
    const config = await load();
    expect(selectEnvironments(config, ["cloud"]).map((e) => e.name)).toEqual(["cloud"]);
    expect(selectEnvironments(config, null)).toHaveLength(4);
    expect(() => selectEnvironments(config, ["clod"])).toThrow('there is no environment "clod"; did you mean `cloud`?');
    expect(withPostgres(config, "15").environments.every((e) => e.postgres === 15 && e.postgresFrom === "option")).toBe(true);
    expect(() => withPostgres(config, "9")).toThrow('expected a major version from 13 to 18, found "9"');
  });
});

test("without a config there is one environment of which nothing is known", async () => {
  const config = await defaultConfig(project({}));
  expect(config).toMatchObject({
    file: null,
    environments: [{ name: "default", postgres: 18, postgresFrom: "default", assume: null, profiles: [], live: null }],
    policy: { failOn: "error", onUnknown: "fail" },
  });
});

test("the versions of Postgres that a config may name are those that the engine knows", () => {
  expect(POSTGRES_VERSIONS).toEqual([...POSTGRES_MAJORS]);
  expect(NEWEST_POSTGRES_VERSION).toBe(NEWEST_POSTGRES);
});

describe("everything wrong is said at once, at its line", () => {
  test("unknown keys, wrong values, missing paths and names that do not exist", async () => {
    const error = await refusal({
      "tread.config.yaml": `sources:
  - { type: djago, root: backend }
live:
  - { name: v1, path: releases/v1 }
  - { name: v1, ref: main, path: . }
enviroments: {}
environments:
  cloud: { postgres: 12, live: [v2], scale: 7 }
  local: { assume: tiny }
thresholds: { largeRow: 5, stallMs: 0 }
policy: { failOn: errors }
`,
    });
    expect(firstLines(error)).toEqual([
      '2:13 sources[0].type: expected "django", "sql-dir", "prisma", "drizzle" or "django-clickhouse", found "djago"; did you mean "django"?',
      '2:26 sources[0].root: "backend" does not exist',
      '4:23 live[0].path: "releases/v1" does not exist',
      "5:5 live[1]: says it 2 times (ref, path)",
      '5:13 live[1].name: "v1" is the name of two live versions',
      "6:1 enviroments: unknown setting; did you mean `environments`?",
      "8:22 environments.cloud.postgres: expected a major version from 13 to 18, found 12",
      '8:33 environments.cloud.live[0]: there is no live version "v2"; did you mean `v1`?',
      "8:45 environments.cloud.scale: expected a path or a list of paths, found 7",
      '9:20 environments.local.assume: expected "small", found "tiny"',
      "10:15 thresholds.largeRow: unknown setting; did you mean `largeRows`?",
      "10:37 thresholds.stallMs: must be greater than 0",
      '11:19 policy.failOn: expected "error", "warning" or "info", found "errors"; did you mean "error"?',
    ]);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain("error: tread.config.yaml has 13 problems");
    expect(error.message).toContain("  tread.config.yaml:6:1  enviroments: unknown setting; did you mean `environments`?");
    expect(error.message).toContain("`tread explain config`");
  });

  test("an unknown key that resembles nothing is answered with what is known there", async () => {
    const error = await refusal({ "tread.config.yaml": "policy: { notify: slack }\n" });
    expect(error.problems[0]).toMatchObject({
      message: "unknown setting",
      help: "known here: failOn, onUnknown, review, teams, allowedSigners, rules, presets",
    });
  });

  test("YAML that does not parse", async () => {
    const error = await refusal({ "tread.config.yaml": "sources:\n  - { type: django\nlive: []\n" });
    expect(error.problems[0]?.span).toMatchObject({ file: "tread.config.yaml", line: 3 });
  });

  test("a key written twice", async () => {
    const error = await refusal({ "tread.config.yaml": "workload: []\nworkload: []\n" });
    expect(firstLines(error)).toEqual(["2:1 : map keys must be unique"]);
  });

  test("JSON with a comma too many", async () => {
    const error = await refusal({ "tread.config.json": '{\n  "workload": [],\n}\n' });
    expect(error.problems[0]?.span).toMatchObject({ line: 3, column: 1 });
    expect(error.problems[0]?.help).toContain("trailing commas");
  });

  test("JSON that is fine is read, tabs and all", async () => {
    const config = await loadConfig({
      cwd: project({ "tread.config.json": '\uFEFF{\n\t"environments": { "cloud": { "postgres": 16 } }\n}\n' }),
    });
    expect(config.environments[0]).toMatchObject({ name: "cloud", postgres: 16 });
  });

  test("names that YAML reads as numbers", async () => {
    expect(
      firstLines(
        await refusal({ "tread.config.yaml": "sources: [{ type: sql-dir, appliedThrough: 0012 }]\nlive: [{ name: 1.40, ref: main }]\n" }),
      ),
    ).toEqual([
      "1:44 sources[0].appliedThrough: expected text, found 12; put it in quotes",
      "2:16 live[0].name: expected text, found 1.4; put it in quotes",
    ]);
  });

  test("a list where settings belong", async () => {
    expect(firstLines(await refusal({ "tread.config.yaml": "- sources\n" }))).toEqual([
      "1:1 : expected a mapping of settings, found a list",
    ]);
  });

  test("a version of ClickHouse that YAML would round", async () => {
    const error = await refusal({ "tread.config.yaml": "environments: { cloud: { clickhouse: 26.10 } }\n" });
    expect(error.problems[0]?.message).toContain("in quotes");
  });

  test("two config files in one folder", async () => {
    const error = await refusal({ "tread.config.yaml": "", "tread.config.json": "{}" });
    expect(error.message).toContain("tread.config.yaml, tread.config.json");
  });

  test("a --config that is not there", async () => {
    await expect(loadConfig({ cwd: project({}), file: "deploy/tread.yaml" })).rejects.toThrow("deploy/tread.yaml does not exist");
  });

  test("escape sequences in a config do not reach the terminal", async () => {
    const error = await refusal({ "tread.config.json": '{ "policy": { "failOn": "\\u001b]0;owned\\u0007" }, "\\u001b[2J": 1 }' });
    expect(error.message).not.toContain("\u001b");
  });
});

describe("scale profiles", () => {
  const withProfile = (profile: string, environment = "{ scale: cloud.json }"): Record<string, string> => ({
    "tread.config.yaml": `environments: { cloud: ${environment} }\n`,
    "cloud.json": profile,
  });

  test("what is wrong is named by file, line and JSON path", async () => {
    const error = await refusal(
      withProfile(`{ "format": "tread.scale/1", "collectedAt": "yesterday", "server": { "engine": "postgres", "version": "17.4" },
  "tables": [
    { "table": "public.person", "rows": "2 billion" },
    { "table": "public.team", "rows": 4, "readPerSecond": 9000, "columns": [{ "column": "name", "nullFraction": 7 }] },
    { "rows": -1 }] }`),
    );
    expect(error.problems.every((p) => p.span?.file === "cloud.json")).toBe(true);
    expect(firstLines(error)).toEqual([
      '1:45 collectedAt: expected a date and time such as 2026-11-21T08:00:00Z, found "yesterday"',
      '3:41 tables[0].rows: expected a number, found "2 billion"',
      "4:42 tables[1].readPerSecond: unknown setting; did you mean `readsPerSecond`?",
      "4:113 tables[1].columns[0].nullFraction: must be between 0 and 1",
      "5:5 tables[2].table: is missing",
      "5:15 tables[2].rows: must not be negative",
    ]);
  });

  test("a table listed twice", async () => {
    const twice = {
      ...(JSON.parse(CLOUD_PROFILE) as object),
      tables: [
        { table: "person", rows: 1 },
        { table: "public.person", rows: 2 },
      ],
    };
    expect((await refusal(withProfile(JSON.stringify(twice)))).message).toContain("`public.person` is listed twice");
  });

  test("keys of a later version are not our business", async () => {
    const later = { ...(JSON.parse(CLOUD_PROFILE) as object), collector: "tread 2", freezeHorizon: 3 };
    const config = await loadConfig({ cwd: project(withProfile(JSON.stringify(later))) });
    expect(config.environments[0]?.profiles).toHaveLength(1);
  });

  test("a server that tread does not know needs a word from the reader", async () => {
    const old = CLOUD_PROFILE.replace("17.4", "12.9");
    const error = await refusal(withProfile(old));
    expect(error.message).toContain("the profile is of PostgreSQL 12, and tread knows 13 to 18");
    const config = await loadConfig({ cwd: project(withProfile(old, "{ scale: cloud.json, postgres: 13 }")) });
    expect(config.environments[0]?.postgres).toBe(13);
  });

  test("a ClickHouse profile has one entry per host, and does not decide the Postgres version", async () => {
    const hits = (host: string): object => ({ table: "web.hits_local", host, shard: 1, replica: "a", rows: 10, parts: 3 });
    const profile = {
      format: "tread.scale/1",
      collectedAt: "2026-11-21T08:00:00Z",
      server: { engine: "clickhouse", version: "26.3.1" },
      tables: [hits("ch-1"), hits("ch-2")],
    };
    const [cloud] = (await loadConfig({ cwd: project(withProfile(JSON.stringify(profile))) })).environments;
    expect(cloud).toMatchObject({ postgres: 18, postgresFrom: "default", clickhouse: "26.3.1" });
  });

  test("a profile that is no JSON", async () => {
    expect((await refusal(withProfile("rows: 4\n"))).problems[0]?.span).toMatchObject({ file: "cloud.json", line: 1 });
  });
});

describe("a config in TypeScript is read, never run", () => {
  test("literals, constants, spreads, casts and the wrapper", async () => {
    const cwd = project({
      "tread.config.ts": `import { defineConfig } from "tread";
const LARGE = 5_000;
const live = [{ name: "v1", path: \`releases/v1\` }] as const;
const shared = { postgres: 16 /* as on the servers */ };
export default defineConfig({
  live,
  environments: { local: { ...shared, assume: 'small' }, 'self-hosted': { ...shared, postgres: 14 } },
  thresholds: { largeRows: LARGE, hotReadsPerSecond: (1e3) },
} satisfies object);
`,
      "releases/v1/": "",
    });
    const config = await loadConfig({ cwd });
    expect(config.environments.map((e) => [e.name, e.postgres, e.assume])).toEqual([
      ["local", 16, "small"],
      ["self-hosted", 14, null],
    ]);
    expect(config.live).toMatchObject([{ name: "v1", path: "releases/v1" }]);
    expect(config.thresholds.largeRows).toBe(5000);
  });

  test("module.exports in a plain script", async () => {
    const config = await loadConfig({ cwd: project({ "tread.config.js": "module.exports = { policy: { failOn: 'info' } };\n" }) });
    expect(config.policy.failOn).toBe("info");
  });

  test("anything that would have to be run is refused, each at its line, and nothing of it happens", async () => {
    const error = await refusal({
      "tread.config.mjs": `import { writeFileSync } from "node:fs";
writeFileSync("owned", "");
let mutable = 1;
export default {
  workload: [process.env.WORKLOAD],
  live: readLive(),
  thresholds: { largeRows: mutable, stallMs: 2 * 5 },
  environments: { [name]: {}, cloud: { scale: \`\${dir}/cloud.json\` } },
  ...imported,
};
`,
    });
    expect(firstLines(error)).toEqual([
      "5:14 : `process.env.WORKLOAD` cannot be read",
      "6:9 : a call of `readLive` cannot be read",
      "7:28 : `mutable` is not a top-level constant of this file",
      "7:46 : `2 * 5` cannot be read",
      "8:19 : a computed key cannot be read",
      "8:47 : a template with substitutions cannot be read",
      "9:6 : `imported` is not a top-level constant of this file",
    ]);
    expect(error.message).toContain("tread reads this file and never runs it");
  });

  test("wrong settings are shown at their line too", async () => {
    const error = await refusal({ "tread.config.ts": "export default {\n  policy: { failON: 'error' },\n};\n" });
    expect(firstLines(error)).toEqual(["2:13 policy.failON: unknown setting; did you mean `failOn`?"]);
  });

  test("no default export, a syntax error, constants that grow without end", async () => {
    expect((await refusal({ "tread.config.ts": "export const a = 1;\n" })).message).toContain("no default export");
    expect((await refusal({ "tread.config.ts": "export default {\n  live: [\n}\n" })).message).toContain("does not parse");
    const doubling = Array.from({ length: 40 }, (_, i) => `const a${i + 1} = [...a${i}, ...a${i}];`).join("\n");
    const bomb = `const a0 = ["x"];\n${doubling}\nexport default { workload: a40 };\n`;
    expect((await refusal({ "tread.config.ts": bomb })).message).toContain("too many values");
    expect((await refusal({ "tread.config.ts": "const a = [...a];\nexport default { workload: a };\n" })).message).toContain(
      "refers to itself",
    );
  });
});

test("the config of the repository's root holds in its folders; nothing above the repository does", async () => {
  const outside = project({
    "tread.config.yaml": "nonsense: 1\n",
    "repo/.git/HEAD": "",
    "repo/tread.config.yaml": "policy: { failOn: info }\n",
    "repo/backend/app/": "",
  });
  const config = await loadConfig({ cwd: join(outside, "repo/backend") });
  expect(config).toMatchObject({ file: "../tread.config.yaml", root: join(outside, "repo"), policy: { failOn: "info" } });
  rmSync(join(outside, "repo/tread.config.yaml"));
  expect((await loadConfig({ cwd: join(outside, "repo/backend") })).file).toBeNull();
});

describe("policy.rules and policy.presets", () => {
  const rules = async () => ({ known: ["drop-column", "drop-table", "row-by-row"], fixed: ["syntax-error"] });

  test("come back as written", async () => {
    const folder = project({ "tread.config.yaml": "policy:\n  rules: { drop-table: warning, row-by-row: off }\n  presets: [style]\n" });
    const { policy } = await loadConfig({ cwd: folder, rules });
    expect(policy).toMatchObject({ rules: { "drop-table": "warning", "row-by-row": "off" }, presets: ["style"] });
  });

  test("a rule, a severity and a preset that do not exist are answered with the nearest", async () => {
    const text = "policy:\n  rules:\n    drop-colum: off\n    drop-table: warn\n    syntax-error: off\n  presets: [styel]\n";
    const error = await loadConfig({ cwd: project({ "tread.config.yaml": text }), rules }).catch((reason: unknown) => reason);
    const lines = (error as ConfigError).problems.map(({ span, message }) => `${span?.line}: ${message}`);
    expect(lines).toEqual([
      "3: no rule is called that; did you mean `drop-column`?",
      expect.stringMatching(/^4: expected .*found "warn"; did you mean "warning"\?$/),
      "5: cannot be changed or switched off: it says that the check itself is not to be trusted",
      expect.stringMatching(/^6: .*"style".*found "styel"/),
    ]);
  });
});
