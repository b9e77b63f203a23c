import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { Client } from "pg";
import { afterAll } from "vitest";
import type { CheckOptions } from "../check/options.ts";
import { withPostgres } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { Migration } from "../model/migration.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { detectSources, readSource } from "../sources/index.ts";
import { fixProject, writeFiles, type FixRun } from "./index.ts";

export type Files = Readonly<Record<string, string | Buffer>>;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes the files to a folder that goes with the test file. */
export function written(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "tread-fix-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export interface Fixing {
  readonly folder: string;
  readonly run: FixRun;
  /** What the folder holds afterwards. */
  readonly files: Readonly<Record<string, string>>;
  readonly bytes: (path: string) => Buffer;
  /** `rule: reason` of what was left. */
  readonly left: readonly string[];
  /** `severity rule` of what the check of the result finds. */
  readonly remaining: readonly string[];
}

export interface Flags {
  readonly appliedThrough?: string;
  readonly postgres?: number;
}

/** `tread check --fix` on the files, from the library's side. */
export async function fixing(files: Files, flags: Flags = {}): Promise<Fixing> {
  return fixFolder(written(files), flags);
}

export async function fixFolder(folder: string, flags: Flags = {}): Promise<Fixing> {
  const loaded = await loadConfig({ cwd: folder });
  const options: CheckOptions = {
    cwd: folder,
    config: flags.postgres === undefined ? loaded : withPostgres(loaded, flags.postgres),
    paths: loaded.sources.length === 0 ? ["."] : [],
    base: null,
    appliedThrough: flags.appliedThrough ?? null,
    live: [],
  };
  const run = await fixProject(options, "test");
  const failed = writeFiles(run.files, [folder]);
  if (failed.length > 0) throw new Error(failed.map(({ file, reason }) => `${file.path}: ${reason}`).join("; "));
  return {
    folder,
    run,
    files: contents(folder),
    bytes: (path) => readFileSync(join(folder, path)),
    left: run.notFixed.map(({ finding, reason }) => `${finding.rule}: ${reason}`),
    remaining: run.checked.report.findings.map(({ severity, rule }) => `${severity} ${rule}`),
  };
}

function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}

/** Sends migrations as their tool does: what is one transaction there is one here, what is one query is one query. */
export async function migrate(folder: string, client: Client, after?: { readonly id: string; readonly sql: string }): Promise<void> {
  for (const migration of await migrationsOf(folder)) {
    for (const query of await queriesOf(migration)) await client.query(query);
    await client.query("RESET lock_timeout");
    if (migration.id === after?.id) await client.query(after.sql);
  }
}

export async function migrationsOf(folder: string): Promise<readonly Migration[]> {
  const files = diskFiles(folder, folder);
  const [source] = detectSources(files);
  if (source === undefined) throw new Error("no source was recognised");
  return (await readSource(files, source)).migrations;
}

/** What goes over the wire, one query after the other. */
export async function queriesOf(migration: Migration): Promise<readonly string[]> {
  const engine = await loadPostgres();
  const steps = migration.steps.flatMap((step) => (step.kind === "sql" ? [step] : []));
  if (migration.transaction === "single-query") return [steps.map((step) => step.sql).join("\n")];
  const statements = steps.flatMap((step) => engine.read(step).map((statement) => statement.sql));
  return migration.transaction === "none" ? statements : ["BEGIN", ...statements, "COMMIT"];
}

/** The schema as the server's catalogue has it, validity included. */
export async function catalogue(client: Client): Promise<readonly string[]> {
  const user = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'tread') AND n.nspname NOT LIKE 'pg\\_%'";
  const { rows } = await client.query<{ line: string }>(`
    SELECT 'column ' || c.oid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
        || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped AND c.relkind IN ('r', 'p', 'm', 'v') AND ${user}
    UNION ALL SELECT 'constraint ' || c.oid::regclass || '.' || conname || ' ' || pg_get_constraintdef(k.oid) || CASE WHEN convalidated THEN '' ELSE ' (not validated)' END
      FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user}
    UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
      FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${user}
    ORDER BY 1`);
  return rows.map((row) => row.line);
}
