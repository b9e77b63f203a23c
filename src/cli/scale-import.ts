import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import { loadProfile } from "../config/environments.ts";
import type { ScaleProfile } from "../model/environment.ts";
import { ImportTrouble, mapColumns } from "../scale/import/columns.ts";
import { intoProfile, tablesOf } from "../scale/import/merge.ts";
import { fetchQuestion, readQuestion } from "../scale/import/metabase.ts";
import { rowsOfFile, type Row } from "../scale/import/rows.ts";
import { counted } from "../text/numbers.ts";
import { EXIT } from "./exit-codes.ts";
import { prepareOutput, writeOutput } from "./output-file.ts";
import { profileText } from "./scale-collect.ts";

export interface ScaleImportFlags {
  readonly metabase?: string;
  readonly question?: string;
  readonly column: Readonly<Record<string, string>>;
  readonly schema: string;
  readonly into?: string;
  readonly output?: string;
  readonly postgres?: number;
  readonly collectedAt?: string;
  readonly timeout: number;
}

/**
 * `tread scale import`: a profile from a Metabase question or a saved file.
 * @throws ImportTrouble, ConfigError
 */
export async function scaleImportCommand(file: string | null, flags: ScaleImportFlags): Promise<number> {
  const cwd = process.cwd();
  prepareOutput(flags.output ?? flags.into);
  const into = flags.into === undefined ? null : await profileAt(cwd, flags.into, flags.postgres);
  const server = into?.server ?? serverOf(flags.postgres);
  const { name, rows, savedAt } = await rowsFrom(cwd, file, flags);
  const collectedAt = dateOf(flags.collectedAt) ?? savedAt;
  const mapping = mapColumns([...new Set(rows.slice(0, 50).flatMap((row) => Object.keys(row)))], flags.column);
  const { tables, notes } = tablesOf(name, rows, mapping, flags.schema);
  const { profile, added, updated } = intoProfile(into, tables, server, collectedAt);
  const read = Object.entries(mapping).map(([field, column]) => (field === column ? field : `${field} from ${column}`));
  process.stderr.write(`read ${counted(tables.length, "table")} of ${name}: ${read.join(", ")}\n`);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  const output = flags.output ?? flags.into;
  if (output === undefined) process.stdout.write(profileText(profile));
  else {
    writeOutput(output, profileText(profile));
    process.stderr.write(`wrote ${output}: ${added} added, ${updated} updated, ${profile.tables.length} in all\n`);
  }
  return EXIT.ok;
}

async function rowsFrom(
  cwd: string,
  file: string | null,
  flags: ScaleImportFlags,
): Promise<{ name: string; rows: readonly Row[]; savedAt: string }> {
  if (file !== null && flags.metabase !== undefined)
    throw new ImportTrouble("a file and --metabase are two answers to one question", "give one of them");
  if (file !== null) {
    const absolute = resolve(cwd, file);
    if (!existsSync(absolute)) throw new ImportTrouble(`${file} does not exist`, "name a CSV or JSON file that a question was saved to");
    if (!statSync(absolute).isFile()) throw new ImportTrouble(`${file} is no file`, "name a CSV or JSON file that a question was saved to");
    return { name: file, rows: await rowsOfFile(file, readFileSync(absolute, "utf8")), savedAt: moment(statSync(absolute).mtime) };
  }
  if (flags.metabase === undefined) {
    throw new ImportTrouble(
      "nothing to import: neither a file nor --metabase was given",
      "tread scale import sizes.csv, or tread scale import --metabase https://metabase.example.org --question 123",
    );
  }
  const question = readQuestion(flags.metabase, flags.question ?? null);
  const key = process.env["METABASE_API_KEY"] ?? "";
  if (key === "")
    throw new ImportTrouble(
      "METABASE_API_KEY is not set",
      "make a key in Metabase under Admin settings → Authentication → API keys, and export it",
    );
  process.stderr.write(`asking ${question.base} for question ${question.id}\n`);
  const rows = await fetchQuestion(question, key, flags.timeout * 1000);
  return { name: `question ${question.id} of ${question.base}`, rows, savedAt: moment(new Date()) };
}

/** A profile that is not there yet begins empty. */
async function profileAt(cwd: string, path: string, postgres: number | undefined): Promise<ScaleProfile> {
  if (!existsSync(resolve(cwd, path))) return { format: "tread.scale/1", collectedAt: "", server: serverOf(postgres), tables: [] };
  const { profile, problems } = await loadProfile(cwd, cwd, path);
  if (profile === null) throw new ConfigError(path, problems);
  if (profile.server.engine !== "postgres")
    throw new ImportTrouble(`${path} is a profile of ${profile.server.engine}`, "numbers of Postgres tables need a profile of their own");
  return profile;
}

function serverOf(postgres: number | undefined): ScaleProfile["server"] {
  if (postgres !== undefined) return { engine: "postgres", version: String(postgres) };
  throw new ImportTrouble(
    "which version is the server?",
    "a profile says it, and predictions depend on it: --postgres 17 (or --into with a profile that says it)",
  );
}

function dateOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || !/^\d{4}-\d\d-\d\d/.test(text))
    throw new ImportTrouble(`--collected-at ${text} is no date`, "for example 2026-11-21 or 2026-11-21T08:00:00Z");
  return moment(date);
}

function moment(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
