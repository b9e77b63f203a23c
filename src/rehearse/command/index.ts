import { openStage } from "../rehearse.ts";
import { startProxy } from "../../engines/postgres/proxy/index.ts";
import { writeBookkeeping } from "../run/bookkeeping.ts";
import { type Lab, openLab } from "../run/lab.ts";
import { hintsOf } from "../seed/index.ts";
import { failedInAll } from "../traffic/felt.ts";
import type { RehearseEvents } from "../types.ts";
import { Recorder } from "./recorder.ts";
import { type Ended, runCommand } from "./spawn.ts";
import type { CommandInput, CommandOutcome, CommandResult } from "./types.ts";

export type { CommandInput, CommandOutcome, CommandResult, CommandStatement } from "./types.ts";

/**
 * Rehearses any tool's own migrate command: it gets a database with the schema before and made-up rows through `DATABASE_URL` and libpq's
 * `PG*`, and everything it sends is observed.
 *
 * @throws EngineUnavailable when no server of the environment's major version can be started
 * @throws the signal's reason when aborted; the command and all that it started has ended then
 */
export async function rehearseCommand(input: CommandInput, events: RehearseEvents): Promise<CommandResult> {
  const started = Date.now();
  const lab = await openLab({
    environment: input.environment,
    base: input.base ?? [],
    applied: input.applied,
    hints: hintsOf(input.judged),
    maxRows: input.maxRows,
    offline: input.offline,
    signal: input.signal,
    progress: (message) => events.progress(message),
    prepare: (client) => writeBookkeeping(client, input.bookkeeping),
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

async function inLab(lab: Lab, input: CommandInput, events: RehearseEvents, started: number): Promise<CommandResult> {
  const { matrix, traffic, baseline, known } = await openStage(lab, input, events);
  const watch = await lab.server.connect({ role: "superuser", database: lab.database, applicationName: "tread observer" });
  const spelled = [input.command, ...input.args].join(" ");
  let seen = 0;
  const recorder = new Recorder({
    lab,
    matrix,
    traffic,
    watch,
    known,
    onStatement: (sql) => events.progress(`${spelled}: statement ${++seen}, ${sql.replace(/\s+/g, " ").trim().slice(0, 70)}`),
  });
  const proxy = await startProxy({ server: lab.server, database: lab.database, hooks: recorder });
  const began = Date.now();
  let ended: Ended;
  try {
    events.progress(`running ${spelled}`);
    ended = await runCommand(input, proxy.env, input.signal, (text) => events.output?.(text));
    input.signal.throwIfAborted();
  } finally {
    await proxy.stop();
  }
  await recorder.finish();
  const until = Date.now();
  await traffic.stop();
  const during = traffic.sent.filter((sent) => sent.to >= began);
  if (lab.twin.outOfStep !== null) lab.limits.push(`from some statement on effects could not be seen: ${lab.twin.outOfStep}`);
  return {
    statements: recorder.statements,
    cells: matrix.cells,
    outcome: outcomeOf(spelled, ended, proxy, recorder),
    report: {
      server: `PostgreSQL ${lab.server.version}`,
      environment: input.environment.name,
      seeded: lab.seeded.map(({ table, rows, scaledFrom }) => ({ table, rows, scaledFrom })),
      limits: [...new Set(lab.limits)],
      baseline: baseline.report,
      traffic: {
        seconds: (until - began) / 1000,
        queries: during.length,
        longestStallMs: lab.stalls.longest(began, until, "migration"),
        failed: failedInAll(during, baseline.known, recorder.statements),
      },
      seconds: (Date.now() - started) / 1000,
    },
  };
}

function outcomeOf(
  spelled: string,
  ended: Ended,
  proxy: { readonly connections: number; readonly failure: Error | null },
  recorder: Recorder,
): CommandOutcome {
  if (ended.kind === "not-started") {
    return {
      kind: "not-started",
      message: `${spelled} could not be started: ${ended.message}`,
      help: "Give the command as you would type it, after `--`.",
    };
  }
  if (proxy.failure !== null) {
    return {
      kind: "proxy-failed",
      message: `the connection of ${spelled} broke: ${proxy.failure.message}`,
      help: "This is a fault of tread: please report it with the command.",
    };
  }
  if (proxy.connections === 0) {
    return {
      kind: "bypassed",
      message: `${spelled} ${ended.code === 0 ? "succeeded" : `ended with code ${ended.code ?? ended.signal}`} without connecting to the rehearsal's server: it may have used another database`,
      help: "Let its settings read DATABASE_URL or PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE from the environment.",
    };
  }
  if (ended.code !== 0) {
    return {
      kind: "failed",
      code: ended.code,
      signal: ended.signal,
      message: `${spelled} ended with ${ended.signal === null ? `code ${ended.code}` : `signal ${ended.signal}`}`,
      help: "Its last lines say why; what ran until then is shown.",
      tail: ended.tail,
    };
  }
  if (recorder.statements.every((statement) => statement.bookkeeping)) {
    return {
      kind: "nothing-ran",
      message: `${spelled} connected and changed nothing`,
      help: "If there are migrations to run, its record of applied ones may already hold them: see the limits.",
    };
  }
  return { kind: "completed" };
}
