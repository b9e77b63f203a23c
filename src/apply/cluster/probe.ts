import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { StepAction } from "../../model/clickhouse/cluster-plan.ts";
import type { Waiting } from "./checks.ts";
import { HostTrouble, literal, pairs, type WalkHost } from "./host.ts";
import type { Hosts } from "./requirements.ts";
import { table } from "./rekey/rows.ts";
import { WalkStopped } from "./trouble.ts";

type ProbeAction = Extract<StepAction, { kind: "send-probe" }>;

const SEND_MS = 30_000;

/**
 * Sends the row that the cluster file describes, waits until it has arrived exactly once, and cleans up. A probe that was sent before an
 * interruption has another mark, and is cleaned up with this one.
 */
export async function sendProbe(action: ProbeAction, hosts: Hosts, waiting: Waiting): Promise<void> {
  const { probe, arrival } = action;
  const host = action.hosts.map((name) => hosts.get(name)).find((one) => one !== null) ?? null;
  if (host === null) throw new WalkStopped(`no host that holds ${probe.into} answers`, "bring one back, then run the same command", 4);
  // Digits alone: they are text and number alike.
  const id = `${Date.now()}${randomInt(1000, 9999)}`;
  const row = filled(probe.row, id) as Readonly<Record<string, unknown>>;
  try {
    await host.run(`INSERT INTO ${table(probe.into)} FORMAT JSONEachRow ${JSON.stringify(row)}`, {
      timeoutMs: SEND_MS,
      settings: { async_insert: "0", distributed_foreground_insert: "1" },
    });
  } catch (error) {
    if (!(error instanceof HostTrouble) || error.kind !== "refused") throw error;
    throw new WalkStopped(
      `the probe was refused by ${probe.into} on ${host.name}: ${error.message}`,
      "every statement before it is applied; look whether ingestion works, correct the probe or the table, then run the same command",
      5,
    );
  }
  const began = Date.now();
  for (let turn = 0; ; turn++) {
    const there = await arrived(action, hosts, row);
    if (there === 1) break;
    if (there > 1 || Date.now() - began > waiting.limitMs) {
      await cleanUp(action, hosts, id, waiting);
      throw new WalkStopped(
        there > 1
          ? `the probe ${id} is ${there} times in ${arrival}, and was sent once`
          : `the probe ${id} was taken by ${probe.into} on ${host.name}, and is not in ${arrival} after ${Math.round(waiting.limitMs / 1000)} s`,
        `it reaches ${action.reaches.join(", ")}: look where it stays; then the same command sends another one`,
        5,
      );
    }
    if (turn % 10 === 5) waiting.say(`the probe is on its way to ${arrival}`);
    await waiting.beat();
    await sleep(Math.min(1000, 100 * (turn + 1)));
  }
  waiting.say(`the probe has arrived in ${arrival} after ${Date.now() - began} ms`);
  await cleanUp(action, hosts, id, waiting);
}

function filled(value: unknown, id: string): unknown {
  if (typeof value === "string") return value.replaceAll("{probe_id}", id);
  if (Array.isArray(value)) return value.map((one) => filled(one, id));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, id)]));
  return value;
}

/** How often the row is there: replicas of one table count once. @throws HostTrouble */
async function arrived({ arrival, groups, probe }: ProbeAction, hosts: Hosts, row: Readonly<Record<string, unknown>>): Promise<number> {
  const marked = Object.entries(probe.row).flatMap(([column, value]) =>
    typeof value === "string" && value.includes("{probe_id}") ? [column] : [],
  );
  let count = 0;
  for (const group of groups) {
    const host = one(group, hosts);
    if (host === null) continue;
    const columns = new Set(
      (await host.rows<{ name: string }>(`SELECT name FROM system.columns WHERE (database, table) IN (${pairs([arrival])})`)).map(
        ({ name }) => name,
      ),
    );
    const where = [probe.reserved.column, ...marked.filter((column) => columns.has(column))]
      .map((column) => `toString(\`${column.replaceAll("`", "\\`")}\`) = ${literal(textOf(row[column]))}`)
      .join(" AND ");
    const [found] = await host.rows<{ n: number | string }>(`SELECT count() AS n FROM ${table(arrival)} WHERE ${where}`, SEND_MS);
    count += Number(found?.n ?? 0);
  }
  return count;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** On every host that keeps rows of its own: whichever shard has it. */
async function cleanUp({ probe, groups }: ProbeAction, hosts: Hosts, id: string, waiting: Waiting): Promise<void> {
  for (const sql of probe.cleanUp)
    for (const group of groups) {
      const host = one(group, hosts);
      if (host === null) continue;
      try {
        await host.run(sql.replaceAll("{probe_id}", id), { timeoutMs: SEND_MS });
      } catch (error) {
        if (!(error instanceof HostTrouble)) throw error;
        waiting.say(`${host.name}: the probe ${id} could not be cleaned up: ${error.message.slice(0, 200)}`);
      }
    }
}

function one(names: readonly string[], hosts: Hosts): WalkHost | null {
  return names.map((name) => hosts.get(name)).find((host) => host !== null) ?? null;
}
