import { setTimeout as sleep } from "node:timers/promises";
import type { JudgedStatement } from "../model/judged.ts";
import { measureGrowth } from "./growth/measure.ts";
import { Binder } from "./matrix/bind.ts";
import { Matrix } from "./matrix/matrix.ts";
import { type Lab, openLab } from "./run/lab.ts";
import { MainSession } from "./run/main-session.ts";
import { Runner } from "./run/runner.ts";
import { transactionsOf } from "../model/transactions.ts";
import { type FreshRows, hintsOf } from "./seed/index.ts";
import { failedInAll, knownFailures } from "./traffic/felt.ts";
import { Traffic } from "./traffic/traffic.ts";
import type { RehearseEvents, RehearseInput, RehearseResult } from "./types.ts";

/** The same traffic without a migration runs until every query was sent once, within these bounds. */
const BASELINE_MS = { least: 800, most: 2500 } as const;

/**
 * Runs the judged migrations on a real server, among the live versions' traffic, and says what was seen. The server and everything in
 * it is gone when this returns or throws.
 *
 * @throws EngineUnavailable when no server of the environment's major version can be started
 * @throws the signal's reason when aborted
 */
export async function rehearse(input: RehearseInput, events: RehearseEvents): Promise<RehearseResult> {
  const started = Date.now();
  const lab = await openLab({
    environment: input.environment,
    base: input.base ?? [],
    applied: input.applied,
    hints: hintsOf(input.judged),
    maxRows: input.maxRows,
    offline: input.offline,
    signal: input.signal,
    keepEmpty: wantsGrowth(input),
    progress: (message) => events.progress(message),
  });
  try {
    return await inLab(lab, input, events, started);
  } catch (error) {
    input.signal.throwIfAborted();
    throw error;
  } finally {
    await lab.close();
  }
}

async function inLab(lab: Lab, input: RehearseInput, events: RehearseEvents, started: number): Promise<RehearseResult> {
  if (!input.before.complete && (input.base ?? []).length === 0) {
    lab.limits.push(
      "the migrations continue a schema that tread was not shown: tables that nothing creates are missing here (give the source a `base:` dump)",
    );
  }
  const stage = await openStage(lab, input, events);
  const { matrix, traffic, baseline, known } = stage;
  const client = await lab.server.connect({ role: "owner", database: lab.database, applicationName: "tread migration" });
  lab.stalls.addMigration(await backendOf(client));
  const watch = await lab.server.connect({ role: "superuser", database: lab.database, applicationName: "tread observer" });
  const runner = new Runner({ lab, matrix, traffic, main: new MainSession(client, watch), known });

  const began = Date.now();
  const transactions = transactionsOf(input.judged);
  const migrations = [...new Set(input.judged.map((entry) => entry.migration.id))];
  let current: JudgedStatement | null = null;
  for (const [i, entries] of transactions.entries()) {
    input.signal.throwIfAborted();
    const [first] = entries;
    if (first === undefined) continue;
    if (current?.migration.id !== first.migration.id) {
      if (
        current !== null &&
        input.releaseOf !== undefined &&
        input.releaseOf(current.migration.id) !== input.releaseOf(first.migration.id)
      ) {
        await lab.seedNew();
      }
      const left =
        i === 0 ? "" : `, about ${Math.max(1, Math.round((((Date.now() - began) / i) * (transactions.length - i)) / 1000))} s left`;
      events.progress(`rehearsing ${first.migration.id} (${migrations.indexOf(first.migration.id) + 1} of ${migrations.length}${left})`);
      await runner.newSession();
    }
    await runner.transaction(entries);
    current = entries.at(-1) ?? first;
  }
  const ended = Date.now();
  await traffic.stop();
  const during = traffic.sent.filter((sent) => sent.to >= began);
  const failed = failedInAll(during, baseline.known, runner.results);
  const growth = wantsGrowth(input)
    ? await measureGrowth(lab, input, runner.results, growthBudget(input, Date.now() - started), (message) => events.progress(message))
    : null;
  lab.limits.push(...(growth?.limits ?? []));
  if (lab.twin.outOfStep !== null) lab.limits.push(`from some statement on effects were seen only at full size: ${lab.twin.outOfStep}`);
  return {
    statements: runner.results,
    cells: matrix.cells,
    growth: growth?.measured ?? [],
    report: {
      server: `PostgreSQL ${lab.server.version}`,
      environment: input.environment.name,
      seeded: lab.seeded.map(({ table, rows, scaledFrom }) => ({ table, rows, scaledFrom })),
      limits: [...new Set(lab.limits)],
      baseline: baseline.report,
      traffic: {
        seconds: (ended - began) / 1000,
        queries: during.length,
        longestStallMs: lab.stalls.longest(began, ended, "migration"),
        failed,
      },
      seconds: (Date.now() - started) / 1000,
      calibration: growth?.calibration ?? null,
    },
  };
}

/** Tables that are small everywhere need no forecast. */
function wantsGrowth({ growth, environment }: RehearseInput): boolean {
  return growth !== undefined && growth !== null && (environment.assume !== "small" || environment.profiles.length > 0 || !growth.inTime);
}

/** What is left of the time that people wait for an ordinary rehearsal (20 s, bench/example.mjs), and never too little for the smallest sizes. */
function growthBudget({ growth }: RehearseInput, spentMs: number): number | null {
  return growth?.inTime === true ? Math.max(3000, 16_000 - spentMs) : null;
}

export interface Stage {
  readonly matrix: Matrix;
  readonly traffic: Traffic;
  /** Failures that are not new, grown as statements break queries. */
  readonly known: Set<string>;
  readonly baseline: {
    readonly known: ReadonlySet<string>;
    readonly report: { readonly seconds: number; readonly queries: number; readonly longestStallMs: number; readonly failed: number };
  };
}

/** The live versions' queries against the schema before, and their traffic without a migration. */
export async function openStage(
  lab: Lab,
  input: Pick<RehearseInput, "environment" | "versions" | "signal">,
  events: RehearseEvents,
): Promise<Stage> {
  const versions = input.versions.filter((version) => version.database === "postgres");
  const fresh = new Map<string, FreshRows>(
    lab.seeded.flatMap((table) => (table.fresh === null ? [] : [[table.table, table.fresh] as const])),
  );
  const matrix = await Matrix.start(lab.probe, new Binder(lab.probe, fresh), input.environment.name, versions);
  const reader = await lab.server.connect({ role: "owner", database: lab.database, applicationName: "tread" });
  const traffic = await Traffic.start(lab.server, lab.database, versions, new Binder(reader, fresh), lab.stalls);
  await reader.end();
  if (versions.length > 0)
    events.progress(`running the queries of ${versions.map((version) => version.name).join(", ")} without a migration, for comparison`);
  const began = Date.now();
  for (let waited = 0; waited < BASELINE_MS.most; waited = Date.now() - began) {
    input.signal.throwIfAborted();
    await sleep(traffic.asked === 0 ? 0 : 100);
    if (
      traffic.asked === 0 ||
      (waited >= BASELINE_MS.least && new Set(traffic.sent.map((sent) => `${sent.version}#${sent.query}`)).size >= traffic.asked)
    )
      break;
  }
  const ended = Date.now();
  const known = knownFailures(traffic.sent);
  return {
    matrix,
    traffic,
    known: new Set(known),
    baseline: {
      known,
      report: {
        seconds: (ended - began) / 1000,
        queries: traffic.sent.length,
        longestStallMs: lab.stalls.longest(began, ended, "any"),
        failed: traffic.sent.filter((sent) => sent.error !== null).length,
      },
    },
  };
}

export async function backendOf(client: { query: (sql: string) => Promise<{ rows: { pid: number }[] }> }): Promise<number> {
  return (await client.query("SELECT pg_catalog.pg_backend_pid() AS pid")).rows[0]?.pid ?? 0;
}
