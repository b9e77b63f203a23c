import { existsSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import type { Migration } from "../../model/migration.ts";
import type { SchemaState } from "../../model/schema.ts";
import { decode } from "../../sources/files/decode.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import type { Files } from "../../sources/source.ts";
import { nearest } from "../../text/nearest.ts";
import type { Phase, Plan } from "../types.ts";
import { EmitRefused, type Place } from "./contract.ts";
import { formats } from "./formats/index.ts";

/** A source as it was loaded. */
export interface EmitSource {
  /** `django`, `sql-dir`, `prisma`, `drizzle`. */
  readonly type: string;
  /** Relative to the tree. */
  readonly root: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: Files;
  /** The tree's own folder, absolute. */
  readonly folder: string;
  readonly migrations: readonly Migration[];
}

export interface PlaceAsked {
  readonly cwd: string;
  /** `--into`: a folder, absolute. */
  readonly into: string | null;
  /** `--tool`. */
  readonly tool: string | null;
  readonly now: Date;
  readonly planFile: string;
}

/** Tools that can be named with `--tool`. */
const TOOLS: readonly string[] = [...formats.map(({ layout }) => layout), "django"];

/** The source that a plan's migrations belong to. @throws EmitRefused where several could be meant */
export function sourceOf(plan: Plan, sources: readonly EmitSource[], schema: SchemaState, asked: PlaceAsked): EmitSource | null {
  const { into } = asked;
  if (into !== null)
    return sources.find((source) => source.migrations.some((migration) => folderOf(migration, asked.cwd) === into)) ?? null;
  const withOrigin = plan.from === null ? undefined : holder(sources, plan.from.migration);
  if (withOrigin !== undefined) return withOrigin;
  for (const table of tablesOf(plan.phases)) {
    const origin = schema.relations.get(table)?.origin.migration ?? null;
    const found = origin === null ? undefined : holder(sources, origin);
    if (found !== undefined) return found;
  }
  const [only, ...others] = sources;
  if (only === undefined)
    throw new EmitRefused(
      "there are no migrations beside which these could be written",
      `say where, and for which tool: --into FOLDER --tool ${TOOLS[0] ?? ""}`,
      2,
    );
  if (others.length > 0)
    throw new EmitRefused(
      `this project has ${sources.length} sources of migrations, and the plan's tables tell none of them`,
      `say which folder is meant: --into ${sources.flatMap(({ migrations }) => migrations.at(-1) ?? []).map((migration) => relative(asked.cwd, folderOf(migration, asked.cwd)))[0] ?? "FOLDER"}`,
      2,
    );
  return only;
}

function holder(sources: readonly EmitSource[], migration: string): EmitSource | undefined {
  return sources.find(({ migrations }) => migrations.some(({ id }) => id === migration));
}

/** Every table that the phases say something about. */
export function tablesOf(phases: readonly Phase[]): readonly string[] {
  const tables = new Set<string>();
  for (const { steps } of phases) {
    for (const step of steps) {
      if (step.kind === "backfill") tables.add(step.table);
      if (step.kind !== "migrate" && step.kind !== "deploy") continue;
      for (const operation of step.operations) if (operation.op !== "sql") tables.add(operation.table);
    }
  }
  return [...tables];
}

/** The folder in which a tool would look for the next migration after this one. */
export function folderOf({ path }: Pick<Migration, "path">, cwd: string): string {
  const absolute = resolve(cwd, path);
  return ["migration.sql", "up.sql"].includes(basename(absolute)) ? dirname(dirname(absolute)) : dirname(absolute);
}

/** Where the files of a SQL source go. @throws EmitRefused */
export function placeOf(source: EmitSource | null, plan: Plan, asked: PlaceAsked): Place {
  if (asked.tool !== null && !TOOLS.includes(asked.tool)) {
    const meant = nearest(asked.tool, TOOLS);
    throw new EmitRefused(
      `--tool ${asked.tool}: tread writes no migrations for it${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
      `known: ${TOOLS.join(", ")}`,
      2,
    );
  }
  const own =
    source?.migrations.find(({ id }) => id === plan.from?.migration) ?? source?.migrations.findLast(({ builtIn }) => builtIn !== true);
  const folder =
    source?.type === "django"
      ? resolve(source.folder, source.root)
      : (asked.into ?? (own === undefined ? null : own.layout === "flyway" ? common(source, asked.cwd) : folderOf(own, asked.cwd)));
  if (folder === null) throw new EmitRefused("there are no migrations beside which these could be written", "say where: --into FOLDER", 2);
  const shown = relative(asked.cwd, folder).replaceAll("\\", "/") || ".";
  if (!existsSync(folder))
    throw new EmitRefused(`${shown} does not exist`, `make the folder that your migration tool reads, or name it: --into FOLDER`, 2);
  if (!statSync(folder).isDirectory()) throw new EmitRefused(`${shown} is a file`, "name the folder of the migrations", 2);
  const layout = asked.tool ?? own?.layout ?? (source?.type === "django" ? "django" : null);
  if (layout === null)
    throw new EmitRefused(
      `${shown} holds no migrations yet, so nothing tells which tool runs them`,
      `say it: --tool ${TOOLS.join("|")}`,
      2,
    );
  const files = diskFiles(folder, asked.cwd);
  const listed = files.list(".");
  const read = (file: string): string => decode(files.read(file)).text;
  const sample = listed.find((file) => /\.(?:sql|py)$/.test(file));
  return {
    layout,
    folder,
    shown,
    files: listed,
    read,
    newline: sample !== undefined && read(sample).includes("\r\n") ? "\r\n" : "\n",
    now: asked.now,
    planFile: asked.planFile,
  };
}

/** Flyway reads a folder and all below it. */
function common(source: EmitSource | null, cwd: string): string {
  const folders = (source?.migrations ?? []).map((migration) => folderOf(migration, cwd));
  let top = folders[0] ?? cwd;
  while (!folders.every((folder) => folder === top || folder.startsWith(`${top}/`))) top = dirname(top);
  return top;
}
