import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import type { SchemaState } from "../../model/schema.ts";
import { nearest } from "../../text/nearest.ts";
import { columnSpec } from "../spec.ts";
import type { Phase, Plan } from "../types.ts";
import { withBackApart } from "./back-apart.ts";
import { EmitRefused, type EmittedFile, type Place } from "./contract.ts";
import { draftsOf } from "./drafts.ts";
import { formats } from "./formats/index.ts";
import { marksIn } from "./marks.ts";
import { type EmitSource, placeOf, sourceOf, type PlaceAsked } from "./place.ts";

export interface EmitAsked extends PlaceAsked {
  /** Name of a phase, its number from 1, or `all`; null: the first that is not written yet. */
  readonly phase: string | null;
  /** As SQL writes it: `2s`. */
  readonly lockTimeout: string;
}

export interface EmitSurroundings {
  readonly engine: PostgresEngine;
  /** Before the plan. */
  readonly schema: SchemaState;
  readonly sources: readonly EmitSource[];
}

/** What is to be written, in memory. */
export interface Emission {
  readonly place: Place;
  readonly phases: readonly Phase[];
  readonly files: readonly EmittedFile[];
  /** The phase that the next `--emit` writes; null: none is left. */
  readonly next: Phase | null;
  /** What people have to do besides, a sentence each. */
  readonly notes: readonly string[];
}

/** The migrations of a plan's phases in the words of the project's own tool. Nothing is written yet. @throws EmitRefused */
export async function emissionOf(plan: Plan, around: EmitSurroundings, asked: EmitAsked): Promise<Emission> {
  if (plan.database !== "postgres")
    throw new EmitRefused(
      `${plan.name} is for ClickHouse: its hosts are walked one by one, which no migration tool does`,
      `run it: tread apply ${asked.planFile}`,
    );
  const source = sourceOf(plan, around.sources, around.schema, asked);
  const place = placeOf(source, plan, asked);
  const written = writtenPhases(plan, place);
  const phases = choose(plan, written, asked.phase, place);
  const drafts = draftsOf(plan, phases, { engine: around.engine, schema: around.schema, lockTimeout: asked.lockTimeout });
  const all = new Set([...written.keys(), ...phases.map(({ name }) => name)]);
  const next = plan.phases.find(({ name }) => !all.has(name)) ?? null;
  if (place.layout === "django") {
    const { emitDjango } = await import("./django/index.ts");
    const typeOf = (table: string, column: string): string | null => typeBefore(around.schema, table, column);
    const { files, notes } = await emitDjango(plan, drafts, source, place, typeOf);
    return { place, phases, files: checked(files, place), next, notes };
  }
  const format = formats.find(({ layout }) => layout === place.layout);
  if (format === undefined)
    throw new EmitRefused(
      `${place.shown} is a folder of ${place.layout}, for which tread writes no migrations`,
      `name a tool whose files it can be: --tool ${formats.map(({ layout }) => layout).join("|")}; or run the plan: tread apply ${asked.planFile}`,
    );
  return {
    place,
    phases,
    files: checked(format.write(format.backApart(place) ? withBackApart(drafts, asked.lockTimeout) : drafts, place), place),
    next,
    notes: [...replaced(plan), ...notesOf(format.layout, drafts.length)],
  };
}

function typeBefore(schema: SchemaState, table: string, column: string): string | null {
  const relation = schema.relations.get(table);
  return relation?.columns.some(({ name }) => name === column) === true ? columnSpec(relation, column).type : null;
}

/** Names of the phases whose migrations are there already, with one of their files. */
export function writtenPhases(plan: Plan, place: Pick<Place, "files" | "read">): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of place.files) {
    if (!file.endsWith(".sql") && !/(?:^|\/)migrations\/[^/]+\.py$/.test(file)) continue;
    for (const mark of marksIn(place.read(file))) if (mark.plan === plan.name && !found.has(mark.phase)) found.set(mark.phase, file);
  }
  return found;
}

function choose(plan: Plan, written: ReadonlyMap<string, string>, asked: string | null, place: Place): readonly Phase[] {
  const names = plan.phases.map(({ name }) => name);
  if (asked === null || asked === "all") {
    // A phase that only deploys leaves no file behind by which it could be known.
    const last = plan.phases.findLastIndex(({ name }) => written.has(name));
    const left = plan.phases.filter((phase, i) => !written.has(phase.name) && (i > last || writes(phase, place)));
    const first = left.findIndex((phase) => writes(phase, place));
    if (first === -1)
      throw new EmitRefused(
        `every phase of ${plan.name} is written already: ${[...written.values()].map((file) => `${place.shown}/${file}`).join(", ")}`,
        "there is nothing left to write",
        2,
      );
    return asked === "all" ? left : left.slice(0, first + 1);
  }
  const phase = plan.phases.find(({ name }, i) => name === asked || String(i + 1) === asked);
  if (phase === undefined) {
    const meant = nearest(asked, names);
    throw new EmitRefused(
      `--phase ${asked}: ${plan.name} has no such phase${meant === null ? "" : `; did you mean \`${meant}\`?`}`,
      `its phases: ${names.join(", ")}`,
      2,
    );
  }
  const there = written.get(phase.name);
  if (there !== undefined)
    throw new EmitRefused(
      `phase ${phase.name} of ${plan.name} is written already: ${place.shown}/${there}`,
      "nothing is overwritten: delete its files first where they have run nowhere",
      2,
    );
  if (!writes(phase, place))
    throw new EmitRefused(
      `phase ${phase.name} of ${plan.name} changes nothing in the database: ${phase.summary}`,
      "there is nothing to write for it",
      2,
    );
  return [phase];
}

/** Whether a phase has migrations in this tool: a deploy alone has some only where the tool records the app's model state. */
function writes({ steps }: Phase, { layout }: Place): boolean {
  return steps.some((step) => (step.kind === "deploy" ? layout === "django" && step.operations.length > 0 : step.kind !== "approve"));
}

/** Nothing that is there is overwritten. @throws EmitRefused */
function checked(files: readonly EmittedFile[], place: Place): readonly EmittedFile[] {
  const known = new Set(place.files);
  const taken = files.find(({ file, changes }) => changes !== true && (known.has(file) || existsSync(join(place.folder, file))));
  if (taken !== undefined)
    throw new EmitRefused(
      `${place.shown}/${taken.file} is there already, and nothing is overwritten`,
      "rename it, or delete it where it has run nowhere",
      2,
    );
  return files;
}

/** What people have to do with the migration that the plan was made for. */
function replaced({ from, change, recipe }: Plan): readonly string[] {
  if (from === null) return [];
  if (recipe === "split") return [`delete ${from.path}: these migrations take its place`];
  return [`take the statement out of ${from.path} that this plan was made for (${change}): these migrations take its place`];
}

function notesOf(layout: string, count: number): readonly string[] {
  if (layout === "flyway" && count > 0)
    return [
      "Flyway waits for its own lock under CONCURRENTLY unless it is told `flyway.postgresql.transactional.lock=false` (Flyway 9.1.3 and newer)",
    ];
  if (layout === "atlas") return ["`atlas migrate hash` brings atlas.sum up to date"];
  return [];
}

/** Writes the files: all of them or none. @throws EmitRefused */
export function writeEmission({ place, files }: Emission): void {
  const made: string[] = [];
  try {
    for (const { file, text, changes } of files) {
      const path = join(place.folder, file);
      if (changes === true) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: "wx" });
      made.push(path);
    }
    // What lists the others is last.
    for (const { file, text, changes } of files) {
      if (changes !== true) continue;
      const path = join(place.folder, file);
      writeFileSync(`${path}.tread`, text, { flag: "wx" });
      renameSync(`${path}.tread`, path);
    }
  } catch (error) {
    for (const path of made) rmSync(path, { force: true });
    throw new EmitRefused(
      `the migrations could not be written to ${place.shown}: ${error instanceof Error ? error.message : String(error)}`,
      "nothing was left behind; see that the folder may be written to",
    );
  }
}
