import { setTimeout as sleep } from "node:timers/promises";
import type { StepAction } from "../../model/clickhouse/cluster-plan.ts";
import { literal, pairs, type WalkHost } from "./host.ts";
import { queueOf, unsent } from "./queue.ts";
import type { Hosts } from "./requirements.ts";
import { WalkStopped } from "./trouble.ts";

export interface Waiting {
  /** Longest that the step may wait, ms. */
  readonly limitMs: number;
  /** Keeps the lock, and throws where the walk is to stop. */
  readonly beat: () => Promise<void>;
  readonly say: (message: string) => void;
}

const POLL_MS = 500;

/** Asks again and again until nothing stands in the way. @throws WalkStopped after the limit */
async function until(
  waiting: Waiting,
  ask: () => Promise<readonly string[]>,
  stopped: (left: readonly string[]) => WalkStopped,
): Promise<void> {
  const begun = Date.now();
  for (let turn = 0; ; turn++) {
    const left = await ask();
    if (left.length === 0) return;
    if (Date.now() - begun > waiting.limitMs) throw stopped(left);
    if (turn % 4 === 0) waiting.say(left[0] ?? "");
    await waiting.beat();
    await sleep(POLL_MS);
  }
}

/**
 * Sends what is queued, and looks whether nothing is left on any host; where rows keep arriving by a new definition, inserts that began
 * by the old one are waited for before, and one flush that succeeds is enough.
 */
export async function flushQueues(
  action: Extract<StepAction, { kind: "flush" }>,
  hosts: Hosts,
  waiting: Waiting,
  recovery: readonly string[],
): Promise<void> {
  const { queues, arriving } = action;
  if (arriving !== undefined) {
    const begun = Date.now();
    const inserting = [...new Set(queues.map(({ host }) => host))];
    await until(
      waiting,
      async () => await stillRunning(inserting, hosts, begun, ({ query, insert }) => isTrue(insert) && names(query, arriving)),
      (left) => stillThere(left, "insert that may queue what is going", "inserts that may queue what is going"),
    );
  }
  // What is queued after a flush that succeeded was written by the new definition: each queue needs one.
  const sent = new Set<string>();
  await until(
    waiting,
    async () => {
      const left: string[] = [];
      for (const { host, table } of queues) {
        if (sent.has(`${host} ${table}`)) continue;
        const connection = hosts.get(host);
        if (connection === null) {
          left.push(`${host} does not answer: what is in the queue of ${table} cannot be told`);
          continue;
        }
        const kept = await unsent(connection, table, waiting.beat);
        const after = kept ?? (arriving === undefined ? await queueOf(connection, table) : null);
        if (after !== null) left.push(after);
        else if (arriving !== undefined) sent.add(`${host} ${table}`);
      }
      return left;
    },
    (left) =>
      new WalkStopped(
        `queued rows do not arrive: ${left.join("; ")}`,
        recovery.length === 0
          ? "nothing behind it was changed; correct the cause, then run the same command"
          : `nothing behind it was changed. If a shard lacks the column already: ${recovery.join("; ")}`,
        4,
      ),
  );
}

interface Running {
  readonly id: string;
  readonly query: string;
  readonly seconds: number;
  readonly insert: boolean | number;
}

/** Waits for queries and inserts that began before now and may use the columns. */
export async function waitForQueries(
  action: Extract<StepAction, { kind: "wait-for-queries" }>,
  hosts: Hosts,
  waiting: Waiting,
): Promise<void> {
  const begun = Date.now();
  const { columns } = action;
  await until(
    waiting,
    async () =>
      await stillRunning(
        action.hosts,
        hosts,
        begun,
        ({ query, insert }) =>
          names(query, action.tables) &&
          (action.only !== "inserts" || isTrue(insert)) &&
          (isTrue(insert) || columns.length === 0 || /\*/.test(query) || columns.some((column) => word(column).test(query))),
      ),
    (left) => stillThere(left, "query that may use the column", "queries that may use the column"),
  );
}

/** Queries of others that run since before a moment of this machine's clock, in words. */
async function stillRunning(
  names: readonly string[],
  hosts: Hosts,
  begun: number,
  concerns: (query: Running) => boolean,
): Promise<readonly string[]> {
  const left: string[] = [];
  const seconds = (Date.now() - begun) / 1000;
  for (const name of names) {
    const host = hosts.get(name);
    if (host === null) continue;
    for (const one of await running(host)) {
      const { id, query, seconds: elapsed } = one;
      if (elapsed > seconds && concerns(one))
        left.push(`${name}: query ${id} has run for ${Math.round(elapsed)} s: ${query.slice(0, 100).replaceAll(/\s+/g, " ")}`);
    }
  }
  return left;
}

function stillThere(left: readonly string[], one: string, many: string): WalkStopped {
  return new WalkStopped(
    `${left.length === 1 ? `one ${one} is` : `${left.length} ${many} are`} still running: ${left.slice(0, 3).join("; ")}`,
    "wait for them, or KILL QUERY; then run the same command",
    4,
  );
}

function isTrue(value: boolean | number): boolean {
  return Number(value) === 1;
}

/** Whether a query names one of the tables, with or without its database. */
function names(query: string, tables: readonly string[]): boolean {
  return tables.some((name) => word(name.slice(name.indexOf(".") + 1)).test(query));
}

async function running(host: WalkHost): Promise<readonly Running[]> {
  const insert = host.dialect === "old" ? "match(query, '(?i)^\\\\s*INSERT\\\\b')" : "query_kind IN ('Insert', 'AsyncInsertFlush')";
  return await host.rows<Running>(
    `SELECT query_id AS id, query, elapsed AS seconds, ${insert} AS insert FROM system.processes WHERE query_id NOT LIKE 'tread-%' AND query NOT LIKE ${literal("%system.processes%")}`,
  );
}

function word(name: string): RegExp {
  return new RegExp(`(?<!\\w)${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`);
}

/** Waits until every active part of a table holds a column on disk. */
export async function partsHold(action: Extract<StepAction, { kind: "parts-hold" }>, hosts: Hosts, waiting: Waiting): Promise<void> {
  const { table, column } = action;
  const where = `(database, table) IN (${pairs([table])})`;
  await until(
    waiting,
    async () => {
      const left: string[] = [];
      for (const name of action.hosts) {
        const host = hosts.get(name);
        if (host === null) {
          left.push(`${name} does not answer: which of its parts hold ${column} cannot be told`);
          continue;
        }
        const [row] = await host.rows<{ lacking: number | string }>(
          `SELECT count() AS lacking FROM system.parts WHERE active AND rows > 0 AND ${where} AND name NOT IN (SELECT name FROM system.parts_columns WHERE active AND ${where} AND column = ${literal(column)})`,
        );
        if (Number(row?.lacking ?? 0) > 0) left.push(`${name}: ${row?.lacking ?? 0} parts of ${table} do not hold ${column} yet`);
      }
      return left;
    },
    (left) =>
      new WalkStopped(
        left.join("; "),
        `wait for its mutation (system.mutations), or run ALTER TABLE ${table} MATERIALIZE COLUMN ${column} again; then the same command`,
        4,
      ),
  );
}
