import { EngineCrashed } from "../../engines/clickhouse/embedded/index.ts";
import type { RehearsalReport } from "../../model/report.ts";
import type { RehearseEvents } from "../types.ts";
import { type Growth, measureClickHouseGrowth } from "./growth.ts";
import { openLab } from "./lab.ts";
import { ClickHouseMatrix } from "./matrix.ts";
import { Probes } from "./probes.ts";
import { ClickHouseRunner } from "./runner.ts";
import type { ClickHouseRehearseInput, ClickHouseRehearseResult } from "./types.ts";

export type { ClickHouseRehearseInput, ClickHouseRehearseResult, ObservedClickHouseStatement } from "./types.ts";

/**
 * Runs the judged ClickHouse migrations on a real engine, with rows, probes and the live versions' queries, and says what was seen. The
 * engine and everything in it is gone when this returns or throws. An engine that dies is part of the result: what was seen before stays.
 *
 * @throws EngineUnavailable where the embedded ClickHouse is not installed or cannot run
 * @throws the signal's reason when aborted
 */
export async function rehearseClickHouse(input: ClickHouseRehearseInput, events: RehearseEvents): Promise<ClickHouseRehearseResult> {
  const started = Date.now();
  const lab = await openLab(input, (message) => events.progress(message));
  try {
    const probes = new Probes(lab.engine);
    const matrix = new ClickHouseMatrix(lab.engine, input.environment.name, input.database, input.versions);
    const runner = new ClickHouseRunner({ lab, probes, matrix, database: input.database });
    let crash: EngineCrashed | null = null;
    let growth: Growth = { measured: [], calibration: null, limits: [] };
    let baseline: RehearsalReport["traffic"] = { seconds: 0, queries: 0, longestStallMs: 0, failed: 0 };
    let began = Date.now();
    try {
      await lab.seedNew();
      began = Date.now();
      await lab.newSession();
      if (matrix.size > 0) events.progress(`running ${matrix.size} queries of the live versions before the first statement`);
      const first = Date.now();
      await runner.begin();
      baseline = {
        seconds: (Date.now() - first) / 1000,
        queries: matrix.asked + runner.probesSent,
        longestStallMs: 0,
        failed: matrix.failed,
      };
      await run(input, events, lab, runner);
      const budget = input.growth?.inTime === true ? Math.max(2000, 12_000 - (Date.now() - started)) : null;
      if (wantsGrowth(input)) growth = await measureClickHouseGrowth(lab, input, runner, budget, (message) => events.progress(message));
    } catch (error) {
      input.signal.throwIfAborted();
      if (!(error instanceof EngineCrashed)) throw error;
      crash = error;
      runner.rest(input.judged, "not run: the engine had died before it");
    }
    for (const limit of growth.limits) lab.limits.add(limit);
    for (const limit of probes.limits) lab.limits.add(limit);
    const seconds = (Date.now() - began) / 1000;
    return {
      statements: runner.results,
      cells: matrix.cells,
      growth: growth.measured,
      report: {
        server: `ClickHouse ${lab.engine.version} (chDB)`,
        environment: input.environment.name,
        seeded: lab.seeded,
        limits: [...lab.limits],
        baseline,
        traffic: {
          seconds: seconds - baseline.seconds,
          queries: matrix.asked + runner.probesSent - baseline.queries,
          longestStallMs: 0,
          failed: matrix.failed - baseline.failed,
        },
        seconds: (Date.now() - started) / 1000,
        calibration: growth.calibration,
      },
      crash: crash === null ? null : { message: crash.message, help: crash.help },
    };
  } catch (error) {
    input.signal.throwIfAborted();
    throw error;
  } finally {
    await lab.close();
  }
}

/** Tables that are small everywhere need no forecast. */
function wantsGrowth({ growth, environment }: ClickHouseRehearseInput): boolean {
  return growth != null && (environment.assume !== "small" || environment.profiles.length > 0 || !growth.inTime);
}

async function run(
  input: ClickHouseRehearseInput,
  events: RehearseEvents,
  lab: Awaited<ReturnType<typeof openLab>>,
  runner: ClickHouseRunner,
): Promise<void> {
  const began = Date.now();
  const migrations = [...new Set(input.judged.map(({ migration }) => migration.id))];
  let current: string | null = null;
  for (const [at, judged] of input.judged.entries()) {
    input.signal.throwIfAborted();
    const { id } = judged.migration;
    if (current !== id) {
      const { releaseOf } = input;
      if (current !== null && releaseOf !== undefined && releaseOf(current) !== releaseOf(id)) await lab.seedNew();
      await lab.newSession();
      current = id;
    }
    const left =
      at === 0 ? "" : `, about ${Math.max(1, Math.round((((Date.now() - began) / at) * (input.judged.length - at)) / 1000))} s left`;
    events.progress(
      `rehearsing ${id} on ClickHouse (migration ${migrations.indexOf(id) + 1} of ${migrations.length}, statement ${at + 1} of ${input.judged.length}${left})`,
    );
    await runner.statement(judged);
  }
}
