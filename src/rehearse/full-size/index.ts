import { setTimeout as sleep } from "node:timers/promises";
import { Binder } from "../matrix/bind.ts";
import { Matrix } from "../matrix/matrix.ts";
import { calibrate } from "../growth/calibrate.ts";
import { transactionsOf } from "../../model/transactions.ts";
import { failedInAll, knownFailures } from "../traffic/felt.ts";
import { StallWatch } from "../traffic/stalls.ts";
import { Traffic } from "../traffic/traffic.ts";
import type { FullSizeReport } from "../../model/report.ts";
import type { RehearseEvents, RehearseInput, RehearseResult } from "../types.ts";
import type { Clone } from "./clone.ts";
import { FullSizeRunner } from "./run.ts";
import { CloneSession } from "./session.ts";
import { LOOK_MS, watchStalls } from "./stalls.ts";
import { withoutValues } from "./values.ts";

export { type Clone, openClone, sizeOfClone } from "./clone.ts";
export { driftOf } from "./drift.ts";
export { refusalsOf } from "./guard.ts";
export { CloneRefused, type Refusal } from "./refused.ts";

const BASELINE_MS = 2500;

/**
 * Runs the judged migrations on a clone with its real rows, among the live versions' traffic. The clone is changed: whoever calls this has
 * made sure that it may be (`refusalsOf`).
 *
 * @throws the signal's reason when aborted; what ran on the clone is cancelled there
 */
export async function rehearseFullSize(
  input: RehearseInput,
  clone: Clone,
  size: FullSizeReport,
  events: RehearseEvents,
): Promise<RehearseResult> {
  const stop = (): void =>
    void clone.cancel().then(
      () => clone.close(),
      () => clone.close(),
    );
  input.signal.addEventListener("abort", stop, { once: true });
  try {
    const result = await onClone(input, clone, size, events);
    // The statement that a stop cancels fails like any other, and might be taken for the migration's own failure.
    input.signal.throwIfAborted();
    return result;
  } catch (error) {
    input.signal.throwIfAborted();
    throw error;
  } finally {
    input.signal.removeEventListener("abort", stop);
    await clone.close();
  }
}

async function onClone(input: RehearseInput, clone: Clone, size: FullSizeReport, events: RehearseEvents): Promise<RehearseResult> {
  const started = Date.now();
  const versions = input.versions.filter((version) => version.database === "postgres");
  const stalls = new StallWatch();
  const limits = new Set<string>([
    `${clone.shown} is migrated now, and its statistics and caches are those of a rehearsal: throw it away, or restore it before the next one`,
    `waits are looked at every ${LOOK_MS} ms: shorter stalls are not seen`,
    "inside a transaction a lock that it holds already cannot be seen again: there the prediction stands",
  ]);
  const server = { connect: ({ applicationName }: { readonly applicationName?: string }) => clone.connect(applicationName ?? "tread") };
  const calibration = await calibrate(server, clone.database, false);
  const [reader, watch, looker, client] = [
    await clone.connect("tread reader"),
    await clone.connect("tread observer"),
    await clone.connect("tread stalls"),
    await clone.connect("tread migration"),
  ];
  const matrix = await Matrix.start(reader, new Binder(reader, new Map()), input.environment.name, versions, "plan");
  const traffic = await Traffic.start(server, clone.database, versions, new Binder(reader, new Map()), stalls);
  const session = await CloneSession.open(client, watch, clone.major);
  stalls.addMigration(session.pid);
  const stopLooking = watchStalls(looker, stalls);
  try {
    if (traffic.asked > 0)
      events.progress(`running the queries of ${versions.map((version) => version.name).join(", ")} without a migration, for comparison`);
    const beganBaseline = Date.now();
    while (traffic.asked > 0 && Date.now() - beganBaseline < BASELINE_MS) {
      input.signal.throwIfAborted();
      await sleep(100);
    }
    const endedBaseline = Date.now();
    const without = traffic.sent.map((sent) => sent);
    const known = knownFailures(without);
    const baseline = new Set(known);
    const runner = new FullSizeRunner({
      session,
      reader,
      matrix,
      traffic,
      stalls,
      known,
      limits,
      progress: (message) => events.progress(message),
    });
    const began = Date.now();
    const transactions = transactionsOf(input.judged);
    let migration: string | null = null;
    for (const entries of transactions) {
      input.signal.throwIfAborted();
      const id = entries[0]?.migration.id ?? null;
      if (id !== migration) {
        migration = id;
        events.progress(`rehearsing ${id ?? ""} at full size`);
        await runner.newSession();
      }
      await runner.transaction(entries);
    }
    const ended = Date.now();
    await traffic.stop();
    const during = traffic.sent.filter((sent) => sent.to >= began);
    return {
      statements: runner.results,
      cells: matrix.cells.map((cell) => ({
        ...cell,
        broken: cell.broken.map((query) => ({
          ...query,
          error: withoutValues({ sqlstate: query.sqlstate, message: query.error }).message,
        })),
      })),
      growth: [],
      report: {
        server: `PostgreSQL ${clone.version}`,
        environment: input.environment.name,
        seeded: [],
        limits: [...limits],
        baseline: {
          seconds: (endedBaseline - beganBaseline) / 1000,
          queries: without.length,
          longestStallMs: stalls.longest(beganBaseline, endedBaseline, "any"),
          failed: without.filter((sent) => sent.error !== null).length,
        },
        traffic: {
          seconds: (ended - began) / 1000,
          queries: during.length,
          longestStallMs: stalls.longest(began, ended, "migration"),
          failed: failedInAll(during, baseline, runner.results),
        },
        seconds: (Date.now() - started) / 1000,
        calibration,
        fullSize: size,
      },
    };
  } finally {
    await traffic.stop();
    await stopLooking();
  }
}
