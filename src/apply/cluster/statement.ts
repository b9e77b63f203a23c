import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterStep, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import { isApplied, outputsOf, unfinished } from "./catalogue.ts";
import { HostTrouble, literal, pairs, type WalkHost } from "./host.ts";
import type { WalkEvent } from "./ledger.ts";
import type { Reach } from "./reach.ts";
import { quietMoment } from "./rekey/inflight.ts";
import { WalkStopped } from "./trouble.ts";

export interface RunContext {
  readonly plan: string;
  readonly step: ClusterStep;
  readonly reach: Reach;
  /** Per host, what its ledger said when the walk began. */
  readonly events: ReadonlyMap<string, readonly WalkEvent[]>;
  readonly since: ReadonlyMap<string, string>;
  readonly settleMs: number;
  /** Hosts that have just taken the statement. */
  readonly recorded?: ReadonlySet<string>;
  readonly beat: () => Promise<void>;
  readonly say: (message: string) => void;
  readonly record: (host: WalkHost, state: "begun" | "done" | "failed" | "found", note: string) => Promise<void>;
}

export interface RunResult {
  readonly how: "ran" | "found" | "pending";
  readonly host: string;
  /** Hosts that do not answer and still lack it. */
  readonly pending: readonly string[];
}

/** Not applied; the server says so itself, and it may work a moment later. */
const AGAIN: ReadonlySet<number> = new Set([
  // CANNOT_ASSIGN_ALTER: the replica's metadata are behind.
  517,
  // TABLE_IS_READ_ONLY, KEEPER_EXCEPTION, NO_ZOOKEEPER, ALL_CONNECTION_TRIES_FAILED
  242, 999, 225, 279,
  // TOO_MANY_SIMULTANEOUS_QUERIES, DEADLOCK_AVOIDED
  202, 473,
]);
/** It is under way, or may be: the catalogue tells. */
const MAYBE: ReadonlySet<number> = new Set([
  // TIMEOUT_EXCEEDED, UNFINISHED
  159, 341,
]);
const SEND_MS = 45_000;
/** Longest that a swap waits for a moment without inserts. */
const QUIET_MS = 3000;

/** One statement on one host of its group, and its effect on all of them. @throws WalkStopped */
export async function runOn(run: StepRun, context: RunContext): Promise<RunResult> {
  const { reach, step } = context;
  const began = Date.now();
  let attempt = 0;
  for (;;) {
    const lacking = await stillLacking(run, context);
    const away = run.seenOn.filter((host) => reach.get(host) === null);
    const name = run.hosts[0] ?? "";
    if (lacking.length === 0 && away.length < run.seenOn.length) return { how: attempt === 0 ? "found" : "ran", host: name, pending: away };
    const host = await chosen(run, lacking, context);
    if (host === null) return { how: "pending", host: name, pending: away };
    await noneRunning(host, context);
    await once(host, run, context);
    await context.beat();
    if (step.action.kind === "statement" && step.action.together !== undefined)
      await quietMoment(host, { table: step.object ?? "" }, QUIET_MS);
    const said = await send(host, run, context);
    attempt++;
    if (said === null || said.kind !== "refused" || (said.code !== null && MAYBE.has(said.code))) {
      if (said?.kind === "unreachable") {
        reach.lose(host.name, said.message);
        continue;
      }
      if (said !== null) context.say(`${host.name}: ${said.message}; the catalogue is asked`);
      if (await settled(run, context, said === null)) {
        await note(host, context, "done", said === null ? "" : said.message);
        return { how: "ran", host: host.name, pending: run.seenOn.filter((one) => reach.get(one) === null) };
      }
      if (said?.kind === "unknown") await reach.look(5000);
    } else if (said.code === null || !AGAIN.has(said.code)) {
      // Applied all the same, by a statement that was still under way: then the refusal says that it is there already.
      if ((await stillLacking(run, context)).length === 0) continue;
      await note(host, context, "failed", said.message);
      throw new WalkStopped(
        `${host.name} refuses step ${step.number} (${said.code ?? "no code"}): ${said.message}`,
        `${run.sql}\n${accountOf(step)}`,
        5,
      );
    } else context.say(`${host.name}: not applied (${said.code}): ${said.message.slice(0, 160)}; again in a moment`);
    if (Date.now() - began > context.settleMs)
      throw new WalkStopped(
        `step ${step.number} was sent to ${host.name}, and its effect is not to be seen${said === null ? "" : `: ${said.message}`}`,
        "look at system.replication_queue and system.mutations there; the same command asks again and goes on",
        4,
      );
    await sleep(Math.min(5000, 200 * 2 ** attempt));
  }
}

function accountOf({ undo, object }: ClusterStep): string {
  switch (undo.kind) {
    case "statement":
      return `nothing of this step was applied there; what came before stays, and works. To undo this step elsewhere: ${undo.sql}`;
    case "kill-mutation":
      return `KILL MUTATION WHERE table = '${(object ?? "").slice((object ?? "").indexOf(".") + 1)}' ends what was begun`;
    case "forward-only":
      return `it goes forward only: ${undo.why}`;
    case "nothing":
      return "";
    default:
      return undo satisfies never;
  }
}

/** Hosts that answer and do not show the effect. */
async function stillLacking(run: StepRun, context: RunContext): Promise<readonly string[]> {
  const lacking: string[] = [];
  for (const name of run.seenOn) {
    const host = context.reach.get(name);
    if (host === null) continue;
    try {
      const { answer } = await isApplied(host, run, context.since.get(name) ?? null);
      if (answer === "no" || (answer !== "yes" && !onRecord(name, context))) lacking.push(name);
    } catch (error) {
      if (!(error instanceof HostTrouble)) throw error;
      if (error.kind === "refused") throw new WalkStopped(`${name}: ${error.message}`, "correct the cause, then run the same command", 5);
      context.reach.lose(name, error.message);
    }
  }
  // Of replicas, the ledger of the one that ran it says it for all of them.
  if (run.replicated && lacking.length > 0 && run.seenOn.some((name) => onRecord(name, context)) && onlyUntold(run)) return [];
  return lacking;
}

function onlyUntold({ expects }: StepRun): boolean {
  return expects.every(({ kind }) => kind === "untold");
}

function onRecord(host: string, { events, step, recorded }: RunContext): boolean {
  return (
    recorded?.has(host) === true ||
    (events.get(host) ?? []).some((event) => event.step === step.number && event.host === host && event.state === "done")
  );
}

/** The host that runs it: for replicas the healthiest one that answers. Null: none answers. */
async function chosen(run: StepRun, lacking: readonly string[], { reach }: RunContext): Promise<WalkHost | null> {
  const candidates = run.hosts.flatMap((name) => {
    const host = reach.get(name);
    return host === null || (!run.replicated && !lacking.includes(name)) ? [] : [host];
  });
  if (candidates.length < 2) return candidates[0] ?? null;
  const table = run.expects.flatMap((one) => ("table" in one ? [one.table] : []))[0];
  if (table === undefined) return candidates[0] ?? null;
  const rated: { host: WalkHost; rank: number }[] = [];
  for (const host of candidates) {
    try {
      const [row] = await host.rows<{ readonly: number | string; queue: number | string; delay: number | string }>(
        `SELECT is_readonly AS readonly, queue_size AS queue, absolute_delay AS delay FROM system.replicas WHERE (database, table) IN (${pairs([table])})`,
      );
      rated.push({ host, rank: row === undefined ? 0 : Number(row.readonly) * 1e9 + Number(row.delay) * 1e3 + Number(row.queue) });
    } catch (error) {
      if (!(error instanceof HostTrouble)) throw error;
      if (error.kind !== "refused") reach.lose(host.name, error.message);
    }
  }
  return rated.toSorted((a, b) => a.rank - b.rank)[0]?.host ?? null;
}

/** What must not run twice, and was begun and not ended, is for a person to look at. */
async function once(host: WalkHost, run: StepRun, context: RunContext): Promise<void> {
  if (!run.expects.some((one) => one.kind === "untold" && one.rerun === "once")) return;
  const begun = (context.events.get(host.name) ?? []).findLast((event) => event.step === context.step.number);
  if (begun?.state !== "begun") return;
  throw new WalkStopped(
    `step ${context.step.number} was begun on ${host.name} at ${begun.at}, and whether it ran cannot be told from the catalogue`,
    `look at it: ${run.sql}. If it ran, or is to be left out: INSERT INTO tread.walk (plan, step, host, state) VALUES ('${context.plan}', ${context.step.number}, '${host.name}', 'done')`,
    5,
  );
}

/** A statement of this step that an earlier walker left running: it is waited for. */
async function noneRunning(host: WalkHost, { plan, step, beat, say }: RunContext): Promise<void> {
  for (let turn = 0; ; turn++) {
    const rows = await host
      .rows<{ id: string }>(`SELECT query_id AS id FROM system.processes WHERE query_id LIKE ${literal(`${queryId(plan, step)}-%`)}`)
      .catch(() => []);
    if (rows.length === 0) return;
    if (turn === 0) say(`${host.name}: a statement of an earlier walk is still running there (${rows[0]?.id ?? ""})`);
    await beat();
    await sleep(300);
  }
}

function queryId(plan: string, { number }: ClusterStep): string {
  return `tread-${plan.slice(0, 12)}-${number}`;
}

/** @returns what went wrong, or null */
async function send(host: WalkHost, run: StepRun, context: RunContext): Promise<HostTrouble | null> {
  const { step } = context;
  try {
    await context.record(host, "begun", run.sql);
  } catch (error) {
    if (error instanceof HostTrouble) return error.kind === "unknown" ? new HostTrouble(host.name, "unreachable", error.message) : error;
    throw error;
  }
  try {
    await host.run(run.sql, {
      timeoutMs: SEND_MS,
      database: run.database,
      settings: settingsFor(host, step),
      queryId: `${queryId(context.plan, step)}-${randomBytes(4).toString("hex")}`,
    });
    return null;
  } catch (error) {
    if (error instanceof HostTrouble) return error;
    throw error;
  }
}

/**
 * Set on every statement, whatever a profile says. Metadata: this replica has agreed (1). Rewriting: the server is not waited for (0),
 * the walk asks every replica itself. 2 would hang for replicas that are down (120 s, then 341); 3 silently does not wait.
 */
function settingsFor(host: WalkHost, { work }: ClusterStep): Readonly<Record<string, string>> {
  if (host.dialect === "old") return { replication_alter_columns_timeout: "10" };
  return { alter_sync: work.kind === "mutation" ? "0" : "1", mutations_sync: "0", lock_acquire_timeout: "20" };
}

/** Waits until every host that answers shows the effect, and its mutations are done. @returns false: not within the limit */
async function settled(run: StepRun, context: RunContext, taken: boolean): Promise<boolean> {
  const began = Date.now();
  // The server has taken it: where no catalogue tells, that is all there is to know.
  const seen: RunContext = taken ? { ...context, recorded: new Set(run.seenOn) } : context;
  for (let turn = 0; ; turn++) {
    const lacking = await stillLacking(run, seen);
    if (lacking.length === 0) break;
    if (taken && (await queriesAreSo(run, lacking, context))) break;
    const limit = taken ? context.settleMs : Math.min(context.settleMs, 15_000);
    if (Date.now() - began > limit) return false;
    if (turn > 0 && turn % 10 === 0) context.say(`waiting for ${lacking.join(", ")}`);
    await context.beat();
    await sleep(Math.min(1000, 50 * (turn + 1)));
  }
  await mutationsDone(run, context);
  return true;
}

/** A view's query is kept in the server's own writing: what it gives is compared instead. */
async function queriesAreSo(run: StepRun, lacking: readonly string[], { reach }: RunContext): Promise<boolean> {
  const queries = run.expects.filter((one) => one.kind === "query");
  if (queries.length === 0 || queries.length !== run.expects.length) return false;
  for (const name of lacking) {
    const host = reach.get(name);
    if (host === null) continue;
    for (const { view, outputs } of queries) if (JSON.stringify(await outputsOf(host, view)) !== JSON.stringify(outputs)) return false;
  }
  return true;
}

/** Follows the mutations of the step's table on every replica. @throws WalkStopped where one fails */
async function mutationsDone(run: StepRun, context: RunContext): Promise<void> {
  const { step, reach } = context;
  const tables = new Set(run.expects.flatMap((one) => ("table" in one ? [one.table] : [])));
  if (step.role !== "local" || tables.size === 0) return;
  const began = Date.now();
  let most = 0;
  for (let turn = 0; ; turn++) {
    let left = 0;
    for (const name of run.seenOn) {
      const host = reach.get(name);
      if (host === null) continue;
      let open: Awaited<ReturnType<typeof unfinished>>;
      try {
        open = await unfinished(host, tables);
      } catch (error) {
        if (!(error instanceof HostTrouble)) throw error;
        if (error.kind !== "refused") reach.lose(name, error.message);
        continue;
      }
      for (const { id, table, partsToDo, failure, failedPart } of open) {
        left += Math.max(1, partsToDo);
        if (failure !== "" && turn > 10)
          throw new WalkStopped(
            `${name}: mutation ${id} of ${table} fails on part ${failedPart}: ${failure.slice(0, 300)}`,
            `correct what it stumbles over and it goes on by itself; or KILL MUTATION WHERE mutation_id = '${id}'. Then run the same command`,
            5,
          );
      }
    }
    if (left === 0) return;
    most = Math.max(most, left);
    if (turn > 0 && turn % 10 === 0) {
      const done = most - left;
      const eta = done === 0 ? "" : `, about ${Math.ceil((((Date.now() - began) / done) * left) / 1000)} s to go (an estimate)`;
      context.say(`${[...tables].join(", ")}: ${left} parts to go of ${most}${eta}`);
    }
    await context.beat();
    await sleep(Math.min(2000, 100 * (turn + 1)));
  }
}

async function note(host: WalkHost, context: RunContext, state: "done" | "failed", text: string): Promise<void> {
  try {
    await context.record(host, state, text);
  } catch (error) {
    // What ran has run; the catalogue tells it next time.
    if (!(error instanceof HostTrouble)) throw error;
    context.say(`${host.name}: the ledger could not be written: ${error.message}`);
  }
}
