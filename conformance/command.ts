import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { loadPostgres } from "../src/engines/postgres/index.ts";
import { loadScenes } from "./files.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { type GeneratedResults, runGenerated } from "./generate/run-generated.ts";
import { type Row, spellDisagreement, spellGenerated, table } from "./print.ts";
import { SceneError } from "./read-scene.ts";
import { type CaseResults, conformanceServer, judgeStored, runScenes } from "./run-major.ts";
import type { Scene } from "./scene.ts";
import { Stored } from "./stored.ts";

const NONE: GeneratedResults = { statements: 0, succeeded: 0, disagreements: [], faults: [] };

/** @returns the exit code: 0 all agrees, 1 something differs, 2 it could not be asked for like this */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args, process.cwd());
    if (options.help) {
      console.log(USAGE);
      return 0;
    }
    return await run(options);
  } catch (error) {
    if (!(error instanceof SceneError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(options: Options): Promise<number> {
  const { scenes, unreadable } = options.cases ? loadScenes(join(options.root, "cases"), options.only) : { scenes: [], unreadable: [] };
  const engine = await loadPostgres();
  const stored = new Stored(join(options.root, "observed"));
  for (const trouble of unreadable) console.log(trouble);
  let faults = unreadable.length;
  let unstored = 0;
  if (options.cases && options.only.length === 0 && unreadable.length === 0) {
    for (const path of stored.orphans(
      options.majors,
      scenes.map((scene) => scene.id),
    )) {
      if (options.observe === "compare") {
        faults++;
        console.log(`${path}: there are no such cases any more: npm run conformance -- --missing`);
      } else rmSync(path);
    }
  }
  const rows: Row[] = [];
  for (const major of options.majors) {
    const { cases, generated } = await runMajor(engine, major, scenes, stored, options);
    for (const fault of [...cases.faults, ...generated.faults]) console.log(fault);
    for (const disagreement of cases.disagreements) console.log(spellDisagreement(disagreement));
    for (const disagreement of generated.disagreements) if (disagreement.accepted === null) console.log(spellGenerated(disagreement));
    for (const [reason, count] of reasons(generated.disagreements))
      console.log(`PostgreSQL ${major}: ${count} generated statements accepted: ${reason}`);
    faults += cases.faults.length + generated.faults.length;
    unstored += cases.unstored;
    const disagreements = [...cases.disagreements, ...generated.disagreements];
    rows.push({ major, cases: cases.cases, statements: generated.statements, succeeded: generated.succeeded, disagreements });
  }
  console.log(`\n${table(rows)}\n`);
  if (unstored > 0) console.log(`${unstored} observations are not stored: npm run conformance -- --missing`);
  const all = rows.flatMap((row) => row.disagreements);
  const open = all.filter((one) => one.accepted === null).length;
  const failed = open > 0 || faults > 0 || (unstored > 0 && options.only.length === 0);
  const examined = rows.reduce((sum, row) => sum + row.cases + row.statements, 0);
  console.log(`${examined} statements compared: ${open} differences, ${all.length - open} accepted, ${faults} faults of the suite`);
  return failed || examined === 0 ? 1 : 0;
}

async function runMajor(
  engine: PostgresEngine,
  major: number,
  scenes: readonly Scene[],
  stored: Stored,
  options: Options,
): Promise<{ readonly cases: CaseResults; readonly generated: GeneratedResults }> {
  if (options.stored) return { cases: judgeStored(engine, major, scenes, stored), generated: NONE };
  const server = await conformanceServer(major);
  try {
    const cases = await runScenes(engine, server, scenes, stored, options.observe);
    return { cases, generated: options.statements === 0 ? NONE : await runGenerated(engine, server, options.seed, options.statements) };
  } finally {
    await server.stop();
  }
}

function reasons(disagreements: GeneratedResults["disagreements"]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { accepted } of disagreements) if (accepted !== null) counts.set(accepted.reason, (counts.get(accepted.reason) ?? 0) + 1);
  return counts;
}
