import { setTimeout as sleep } from "node:timers/promises";
import type { KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import { literal, type WalkHost } from "../host.ts";
import type { Hosts } from "../requirements.ts";
import { WalkStopped } from "../trouble.ts";

/**
 * Inserts that run on the hosts at this moment are waited for: a row that one of them has written into one of the tables is then in both.
 * @throws WalkStopped after the limit, HostTrouble
 */
export async function insertsEnd(hosts: Hosts, names: readonly string[], limitMs: number, beat: () => Promise<void>): Promise<void> {
  const began = Date.now();
  const left = new Map<string, Set<string>>();
  for (const name of names) {
    const host = hosts.get(name);
    if (host !== null) left.set(name, new Set((await inserting(host)).map(({ id }) => id)));
  }
  for (let turn = 0; ; turn++) {
    const open: string[] = [];
    for (const [name, ids] of left) {
      const host = hosts.get(name);
      if (host === null || ids.size === 0) continue;
      const running = new Set((await inserting(host)).map(({ id }) => id));
      for (const id of ids) if (!running.has(id)) ids.delete(id);
      open.push(...[...ids].map((id) => `${id} on ${name}`));
    }
    if (open.length === 0) return;
    if (Date.now() - began > limitMs)
      throw new WalkStopped(
        `${open.length} inserts that began before are still running: ${open.slice(0, 3).join(", ")}`,
        "wait for them, or KILL QUERY; then the same command goes on",
        4,
      );
    await beat();
    await sleep(Math.min(1000, 50 * (turn + 1)));
  }
}

/**
 * A moment at which no insert into the table runs on a host, where there is one within the limit: an insert that has found its table and
 * not its views yet is refused (741) or misses the views when the table changes its name (measured on 26.7: 0.2 refused and 0.004 to
 * 0.03 rows past the views per swap under six writers that never pause).
 */
export async function quietMoment(host: WalkHost, { table }: Pick<KeyMove, "table">, limitMs: number): Promise<void> {
  const bare = table.slice(table.indexOf(".") + 1);
  const began = Date.now();
  while (Date.now() - began < limitMs) {
    if (!(await inserting(host)).some(({ query }) => query.includes(bare))) return;
    await sleep(10);
  }
}

async function inserting(host: WalkHost): Promise<readonly { readonly id: string; readonly query: string }[]> {
  return await host.rows<{ id: string; query: string }>(
    `SELECT query_id AS id, substring(query, 1, 300) AS query FROM system.processes WHERE query_kind IN ('Insert', 'AsyncInsertFlush') AND query_id NOT LIKE ${literal("tread-%")}`,
  );
}
