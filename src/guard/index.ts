import type { Client } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { introspect } from "../engines/postgres/introspect/index.ts";
import { openReadOnly } from "../engines/postgres/introspect/session.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import { openProxy } from "../engines/postgres/proxy/index.ts";
import { emptyState } from "../model/apply/index.ts";
import type { SchemaState } from "../model/schema.ts";
import { BypassWatch } from "./bypass.ts";
import { type Child, type Ended, startChild } from "./child.ts";
import { GuardDiscipline } from "./discipline.ts";
import { understand } from "./footing.ts";
import { judge, type Outcome } from "./outcome.ts";
import { type Preflight, openWatchers } from "./preflight.ts";
import { SchemaMark } from "./schema-mark.ts";
import { StallWatch } from "./stalls.ts";
import { suspectsOf } from "./suspects.ts";
import type { GuardEvents, GuardLimits, Stall } from "./types.ts";
import { upstreamOf, urlThrough } from "./upstream.ts";
import { runWatched, type WatchOnly } from "./watch-only.ts";

export interface GuardInput {
  readonly target: Target;
  /** The user's own URL, for its other settings; null where there is none. */
  readonly url: string | null;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limits: GuardLimits;
  /** No proxy: sessions are watched from outside. */
  readonly watchOnly: WatchOnly | null;
}

/** How one run of the command went. */
export interface GuardRun {
  readonly ended: Ended;
  readonly outcome: Outcome;
}

/** The whole of it. */
export interface GuardResult {
  readonly exitCode: number;
  readonly runs: readonly GuardRun[];
  readonly stalls: readonly Stall[];
  /** Statements that were run under a limit, and CONCURRENTLY without one; attempts that were repeated unseen. */
  readonly limited: number;
  readonly unlimited: number;
  readonly retried: number;
}

/**
 * Runs somebody else's migrate command so that it cannot hurt: see docs/guard.md.
 *
 * @param started is given each child as it starts, to hand signals on
 * @throws DatabaseTrouble, LedgerTrouble before anything has run
 */
export async function runGuard(input: GuardInput, events: GuardEvents, started: (child: Child) => void): Promise<GuardResult> {
  const preflight = await openWatchers(input.target);
  try {
    if (input.watchOnly !== null) return await runWatched(input, input.watchOnly, preflight, events, started);
    return await throughProxy(input, preflight, events, started);
  } finally {
    await preflight.close();
  }
}

async function throughProxy(
  input: GuardInput,
  preflight: Preflight,
  events: GuardEvents,
  started: (child: Child) => void,
): Promise<GuardResult> {
  const engine = await loadPostgres();
  const runs: GuardRun[] = [];
  let stalls: readonly Stall[] = [];
  const totals = { limited: 0, unlimited: 0, retried: 0 };
  for (let attempt = 1; ; attempt++) {
    const run = await once(input, preflight, engine, events, started);
    runs.push(run);
    stalls = [...stalls, ...run.stalls];
    totals.limited += run.limited;
    totals.unlimited += run.unlimited;
    totals.retried += run.retried;
    const { outcome } = run;
    if (outcome.kind !== "stopped" || !outcome.safe || attempt > input.limits.retries || events.signal.aborted)
      return { exitCode: outcome.exitCode, runs, stalls, ...totals };
    const pause = Math.min(30_000, 500 * 2 ** attempt) * (0.5 + Math.random());
    events.note(`the command is run again (${attempt} of ${input.limits.retries}) in ${(pause / 1000).toFixed(1)} s: ${outcome.why}`);
    await sleep(pause, undefined, { signal: events.signal }).catch(() => {});
    if (events.signal.aborted) return { exitCode: outcome.exitCode, runs, stalls, ...totals };
  }
}

interface Once extends GuardRun {
  readonly stalls: readonly Stall[];
  readonly limited: number;
  readonly unlimited: number;
  readonly retried: number;
}

async function once(
  input: GuardInput,
  preflight: Preflight,
  engine: PostgresEngine,
  events: GuardEvents,
  started: (child: Child) => void,
): Promise<Once> {
  const { target, limits } = input;
  const { watch, look, major } = preflight;
  const schema = await liveSchema(target, engine, events);
  const discipline = new GuardDiscipline({ engine, schema, major, limits, watchers: preflight, events });
  const upstream = upstreamOf(watch, target);
  const proxy = await openProxy({
    target: upstream,
    known: upstream.password === null || upstream.password === "" ? [] : [upstream.password],
    manner: { name: "tread guard", refuse: () => null, refusalHint: "", rewrite: (sql) => sql },
    hooks: discipline,
  });
  const own = (): readonly number[] => [...preflight.pids, ...discipline.backends];
  const mark = await SchemaMark.set(look);
  const bypass = await BypassWatch.open(preflight.bypass, own, (sql) => changesSchema(engine, sql, schema, major));
  const stallWatch = new StallWatch(watch, limits, () => suspectsOf(discipline, watch));
  try {
    stallWatch.start();
    const url = urlThrough(input.url, proxy, upstream.user, upstream.database);
    const extra = { ...sameUrl(input, url), ...proxy.env, DATABASE_URL: url, POSTGRES_URL: url };
    const child = startChild(input.command, input.env, extra, false);
    started(child);
    bypass.start(child.pid, (past) => {
      if (!past.ofCommand) return;
      events.note(`the command works past tread: ${past.who}: ${past.what}; it is ended`);
      void watch.query("SELECT pg_terminate_backend($1)", [past.pid]).catch(() => {});
      child.signal("SIGTERM");
    });
    const ended = await child.ended;
    // What the command has left behind must not go on without a watch.
    await proxy.stop();
    await Promise.all(discipline.leaving);
    await bypass.stop();
    const stalls = await stallWatch.stop();
    // Where the server is gone, that is what there is to say.
    const changed = discipline.ddl === 0 ? await mark.changed().catch(() => null) : null;
    const facts = {
      ended,
      connections: proxy.connections,
      turnedAway: proxy.turnedAway,
      failure: proxy.failure ?? stallWatch.failure ?? (ended.kind === "ended" && ended.code === 0 ? null : await lost(watch)),
      past: [...bypass.found.values()],
      changed,
      gaveUp: discipline.gaveUp,
      again: discipline.progress.again(),
      interrupted: events.signal.aborted,
    };
    return {
      ended,
      outcome: judge(facts, input.command, target),
      stalls,
      limited: discipline.limited,
      unlimited: discipline.unlimited,
      retried: discipline.retried,
    };
  } finally {
    await proxy.stop();
    await bypass.stop();
    await stallWatch.stop();
  }
}

/** Every variable that holds the user's own URL leads past the proxy, whatever its name is. */
function sameUrl({ env, url }: GuardInput, through: string): Readonly<Record<string, string>> {
  if (url === null) return {};
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === url ? [[name, through]] : [])));
}

/** For predictions. Without it every statement that changes the schema gets the limit, and nobody is looked at first. */
async function liveSchema(target: Target, engine: PostgresEngine, events: GuardEvents): Promise<SchemaState> {
  try {
    const session = await openReadOnly(target);
    try {
      return (await introspect(session, engine)).state;
    } finally {
      await session.close();
    }
  } catch (error) {
    events.note(
      `the schema could not be read (${error instanceof Error ? error.message : String(error)}): every change of it gets the same limit`,
    );
    return emptyState();
  }
}

function changesSchema(engine: PostgresEngine, sql: string, schema: SchemaState, major: number): boolean {
  if (/^\s*create\s+(?:(?:global|local)\s+)?(?:temp|temporary)\b/i.test(sql)) return false;
  const { changes, ddl } = understand(engine, sql, schema, major, false);
  return ddl && changes.length > 0 && !changes.some(({ kind }) => kind === "opaque" || kind === "maintenance");
}

/** A command may end on a lost server before the watch has looked again: ask once. */
async function lost(watch: Client): Promise<Error | null> {
  try {
    await watch.query("SELECT 1");
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
