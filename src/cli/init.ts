import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_FILES } from "../config/load.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { detectSources, sources as kinds } from "../sources/index.ts";
import type { SourceSettings } from "../sources/index.ts";
import { oneLine } from "../text/visible.ts";
import { EXIT } from "./exit-codes.ts";
import { liveHint, postgresHint, profileHints } from "./init-hints.ts";
import type { Hint, LiveHint } from "./init-hints.ts";

export interface CommandIo {
  out(text: string): void;
  err(text: string): void;
}

export const processIo: CommandIo = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** What a look at the project found. */
interface Found {
  readonly sources: readonly SourceSettings[];
  readonly live: Hint<LiveHint> | null;
  readonly postgres: Hint<number> | null;
  readonly profiles: readonly string[];
}

const FILE = "tread.config.yaml";

/**
 * Writes a commented `tread.config.yaml` for the project in `cwd`. Asks nothing: what it cannot find out it leaves as a comment.
 * @returns exit code: 0 written, 2 a config is there already, 3 no migrations were found
 */
export async function initCommand(cwd: string, flags: { readonly force: boolean }, io: CommandIo = processIo): Promise<number> {
  const existing = CONFIG_FILES.filter((name) => existsSync(join(cwd, name)));
  const other = existing.find((name) => name !== FILE);
  if (existing.length > 0 && (!flags.force || other !== undefined)) {
    const name = other ?? FILE;
    const help =
      name === FILE
        ? "`tread init --force` overwrites it; `tread check` uses it as it is"
        : `remove it first: two configs in one folder contradict each other`;
    io.err(`error: ${name} is there already\n  help: ${help}\n`);
    return EXIT.usage;
  }
  const files = diskFiles(cwd, cwd);
  const paths = files.list(".");
  const detected = detectSources(files);
  if (detected.length === 0) {
    const known = kinds.map((kind) => `    ${kind.summary}`).join("\n");
    io.err(
      `error: no migrations were found below ${cwd} (${paths.length} files looked at)\n  tread recognises\n${known}\n  help: run it in the folder of the project, or give the folder itself: \`tread check path/to/migrations\`\n`,
    );
    return EXIT.incomplete;
  }
  const found: Found = { sources: detected, live: liveHint(cwd), postgres: postgresHint(cwd, paths), profiles: profileHints(cwd, paths) };
  writeFileSync(join(cwd, FILE), configText(found));
  io.out(`${summary(found).join("\n")}\n`);
  return EXIT.ok;
}

function summary({ sources, live, postgres, profiles }: Found): string[] {
  const rows: (readonly [string, string])[] = [
    ...sources.map(
      (source) => ["migrations", `${source.type} in ${source.root}${source.database === "clickhouse" ? " (ClickHouse)" : ""}`] as const,
    ),
    [
      "live version",
      live === null ? "none found: name one under `live`, or every migration counts as new" : `${live.value.ref} (${live.from})`,
    ],
    ["Postgres", postgres === null ? "not found: 18 is taken" : `${postgres.value} (${postgres.from})`],
    ["sizes", profiles.length === 0 ? "not known: tables in production are taken as large" : profiles.join(", ")],
  ];
  return [...rows.map(([label, text]) => oneLine(`${label}: ${text}`)), "", `wrote ${FILE}`, "Next: `tread check`"];
}

function configText({ sources, live, postgres, profiles }: Found): string {
  const appRoots = [
    ...new Set(sources.filter(({ type }) => type !== "sql-dir" && type !== "django-clickhouse").map((source) => source.root)),
  ];
  const root = appRoots.length === 1 && appRoots[0] !== "." ? `, root: ${scalar(appRoots[0] ?? ".")}` : "";
  const lines = [
    "# What tread looks at. All settings and their defaults: `tread explain config`.",
    "",
    "# Where migrations come from.",
    "sources:",
    ...sources.map(
      (s) =>
        `  - { type: ${s.type}, ${s.type === "sql-dir" || s.type === "django-clickhouse" ? "path" : "root"}: ${scalar(s.root)}${s.database === "clickhouse" && s.type !== "django-clickhouse" ? ", database: clickhouse" : ""} }`,
    ),
    "",
    "# Versions of the app that may be serving while a migration runs: what they ask of the database must keep working,",
    "# and the migrations that the last of them carries count as applied.",
  ];
  if (live === null) {
    lines.push("# live:", `#   - { name: v1.0, ref: v1.0${root} }                 # a git tag or branch`);
  } else {
    lines.push("live:", `  - { name: ${scalar(live.value.name)}, ref: ${scalar(live.value.ref)}${root} }   # ${oneLine(live.from)}`);
  }
  lines.push(
    live === null
      ? "#   - { name: workers, sql: workers/queries.sql }   # or queries themselves, or a pg_stat_statements export"
      : "#  - { name: workers, sql: workers/queries.sql }   # or queries themselves, or a pg_stat_statements export",
    "",
    "# Where the migrations run. What is instant on a laptop can lock a large table for hours.",
    "environments:",
    "  local: { assume: small }",
    "  production:",
    postgres === null
      ? "    # postgres: 17   # not found in the project: 18 is taken"
      : `    postgres: ${postgres.value}   # ${oneLine(postgres.from)}`,
  );
  if (profiles.length > 0) lines.push(`    scale: [${profiles.map(scalar).join(", ")}]`);
  else
    lines.push(
      "    # scale: scale/production.json   # statistics of the real tables (tread.scale/1); without them tables are taken as large",
    );
  lines.push(
    "",
    "# thresholds: { largeRows: 1000000, hotReadsPerSecond: 1000, stallMs: 10 }",
    "# policy: { failOn: error, onUnknown: fail }",
    "",
  );
  return lines.join("\n");
}

/** A YAML scalar that is safe in a flow mapping: quoted unless it is a plain word that YAML reads as text. */
function scalar(value: string): string {
  return /^[A-Za-z_./][\w./@-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value) && !/^\.\d/.test(value)
    ? value
    : JSON.stringify(value);
}
