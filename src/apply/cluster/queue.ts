import { setTimeout as sleep } from "node:timers/promises";
import { HostTrouble, pairs, type WalkHost } from "./host.ts";

/** What is in the queue of a Distributed table, in words; null: nothing, and nothing failed. @throws HostTrouble */
export async function queueOf(host: WalkHost, table: string): Promise<string | null> {
  // The old server has no such table: FLUSH DISTRIBUTED does not exist there either.
  if (host.dialect === "old") return null;
  try {
    const [row] = await host.rows<{ files: number | string; broken: number | string; blocked: number | string; exception: string }>(
      `SELECT sum(data_files) AS files, sum(broken_data_files) AS broken, max(is_blocked) AS blocked, anyIf(last_exception, last_exception != '') AS exception FROM system.distribution_queue WHERE (database, table) IN (${pairs([table])})`,
    );
    const files = Number(row?.files ?? 0);
    const broken = Number(row?.broken ?? 0);
    if (broken > 0) return `${host.name}: ${broken} files in the queue of ${table} are broken and will not be sent`;
    if (files === 0) return null;
    const blocked = Number(row?.blocked ?? 0) > 0 ? "; its sends are stopped" : "";
    return `${host.name}: ${files} files wait in the queue of ${table}${blocked}${row?.exception === undefined || row.exception === "" ? "" : `: ${row.exception.split("\n")[0]?.slice(0, 300) ?? ""}`}`;
  } catch (error) {
    if (error instanceof HostTrouble && error.kind !== "refused")
      return `${host.name} does not answer: what is in the queue of ${table} cannot be told`;
    throw error;
  }
}

/** Longest that a flush is waited for; one that goes on at the server is asked for again. fetch gives up by itself after 300 s. */
const FLUSH_MS = 240_000;
const BEAT_MS = 5000;

/**
 * Sends what lies in the queue at this moment. SYSTEM FLUSH DISTRIBUTED answers when every file that lay there is sent, with the server's
 * refusal when one cannot be, and does so while sends are stopped too (measured on 26.7). Under load there is always a newer file.
 * @param beat keeps the lock while it lasts
 * @returns what could not be sent, in words; null: everything was. @throws HostTrouble
 */
export async function unsent(host: WalkHost, table: string, beat: () => Promise<void>): Promise<string | null> {
  // Where nothing is queued nothing needs to be sent, and the old server has no such statement.
  if ((await queueOf(host, table)) === null) return null;
  try {
    await beating(host.run(`SYSTEM FLUSH DISTRIBUTED ${quotedTable(table)}`, { timeoutMs: FLUSH_MS }), beat);
  } catch (error) {
    if (!(error instanceof HostTrouble)) throw error;
    return `${host.name}: the queue of ${table} could not be sent: ${error.message.slice(0, 300)}`;
  }
  // A file that the server gave up on does not make a flush fail.
  const after = await queueOf(host, table);
  return after?.includes(" are broken ") === true ? after : null;
}

async function beating<T>(work: Promise<T>, beat: () => Promise<void>): Promise<T> {
  // Where the lock is lost, nobody waits for it any more.
  work.catch(() => {});
  for (;;) {
    const timer = new AbortController();
    const pause = sleep(BEAT_MS, "pause" as const, { signal: timer.signal }).catch(() => "pause" as const);
    try {
      const first = await Promise.race([work.then((value) => ({ value })), pause]);
      if (first !== "pause") return first.value;
    } finally {
      timer.abort();
    }
    await beat();
  }
}

function quotedTable(name: string): string {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)].map((part) => `\`${part.replaceAll("`", "\\`")}\``).join(".");
}
