import { setTimeout as sleep } from "node:timers/promises";
import type { StepAction } from "../../model/clickhouse/cluster-plan.ts";
import { HostTrouble, literal, pairs, type WalkHost } from "./host.ts";
import { queueOf, type Hosts } from "./requirements.ts";
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

/** Sends what is queued, and looks whether nothing is left on any host. */
export async function flushQueues(
  action: Extract<StepAction, { kind: "flush" }>,
  hosts: Hosts,
  waiting: Waiting,
  recovery: readonly string[],
): Promise<void> {
  await until(
    waiting,
    async () => {
      const left: string[] = [];
      for (const { host, table } of action.queues) {
        const connection = hosts.get(host);
        if (connection === null) {
          left.push(`${host} does not answer: what is in the queue of ${table} cannot be told`);
          continue;
        }
        // Where nothing is queued nothing needs to be sent, and the old server has no such statement.
        const before = await queueOf(connection, table);
        if (before === null) continue;
        let said: string | null = null;
        try {
          await connection.run(`SYSTEM FLUSH DISTRIBUTED ${quotedTable(table)}`, { timeoutMs: 40_000 });
        } catch (error) {
          if (!(error instanceof HostTrouble)) throw error;
          said = `${host}: the queue of ${table} could not be sent: ${error.message.slice(0, 300)}`;
        }
        const after = await queueOf(connection, table);
        if (after !== null) left.push(said ?? after);
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

function quotedTable(name: string): string {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)].map((part) => `\`${part.replaceAll("`", "\\`")}\``).join(".");
}

interface Running {
  readonly id: string;
  readonly query: string;
  readonly seconds: number;
}

/** Waits for queries and inserts that began before now and may use the columns. */
export async function waitForQueries(
  action: Extract<StepAction, { kind: "wait-for-queries" }>,
  hosts: Hosts,
  waiting: Waiting,
): Promise<void> {
  const begun = Date.now();
  const bare = action.tables.map((name) => name.slice(name.indexOf(".") + 1));
  await until(
    waiting,
    async () => {
      const left: string[] = [];
      const seconds = (Date.now() - begun) / 1000;
      for (const name of action.hosts) {
        const host = hosts.get(name);
        if (host === null) continue;
        const rows = await running(host);
        for (const { id, query, seconds: elapsed } of rows) {
          if (elapsed <= seconds || !bare.some((table) => word(table).test(query))) continue;
          const insert = /^\s*INSERT\b/i.test(query);
          if (insert || action.columns.length === 0 || /\*/.test(query) || action.columns.some((column) => word(column).test(query)))
            left.push(`${name}: query ${id} has run for ${Math.round(elapsed)} s: ${query.slice(0, 100).replaceAll(/\s+/g, " ")}`);
        }
      }
      return left;
    },
    (left) =>
      new WalkStopped(
        `${left.length === 1 ? "a query" : `${left.length} queries`} that may use the column ${left.length === 1 ? "is" : "are"} still running: ${left.slice(0, 3).join("; ")}`,
        "wait for them, or KILL QUERY; then run the same command",
        4,
      ),
  );
}

async function running(host: WalkHost): Promise<readonly Running[]> {
  return await host.rows<Running>(
    `SELECT query_id AS id, query, elapsed AS seconds FROM system.processes WHERE query_id NOT LIKE 'tread-%' AND query NOT LIKE ${literal("%system.processes%")}`,
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
