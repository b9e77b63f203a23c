import type { ClusterStep } from "../../model/clickhouse/cluster-plan.ts";
import { HostTrouble, literal, pairs, type WalkHost } from "./host.ts";
import type { Hosts } from "./requirements.ts";

/** From when on a host is busy: what would be written again waits until it is not. */
export interface BusyLimits {
  /** Active parts of one partition, as a share of `parts_to_delay_insert`. */
  readonly partsShare: number;
  /** Entries of a replica's queue. */
  readonly queue: number;
  /** 95th percentile of inserts into the table over the last minute, ms, as `system.query_log` has it; null: not asked. */
  readonly insertMs: number | null;
}

export const BUSY_LIMITS: BusyLimits = { partsShare: 0.8, queue: 100, insertMs: null };

/**
 * Why a statement that writes parts again should not be sent yet: its mutation takes threads that merges need, and inserts are slowed
 * down (`parts_to_delay_insert`) where merges do not keep up. Metadata are not held up.
 * @returns in words; empty: nothing speaks against it
 */
export async function busy(step: ClusterStep, names: readonly string[], hosts: Hosts, limits: BusyLimits): Promise<readonly string[]> {
  if (step.work.kind !== "mutation" || step.role !== "local" || step.object === null) return [];
  const reasons: string[] = [];
  for (const name of names) {
    const host = hosts.get(name);
    if (host === null || host.dialect === "old") continue;
    for (const ask of [parts, merges, queue, inserts]) {
      try {
        const reason = await ask(host, step.object, limits);
        if (reason !== null) reasons.push(`${name}: ${reason}`);
      } catch (error) {
        // What this user may not ask does not hold the walk up, and was said by the preflight; a host that is gone is the walk's to notice.
        if (!(error instanceof HostTrouble)) throw error;
      }
    }
  }
  return reasons;
}

async function parts(host: WalkHost, table: string, { partsShare }: BusyLimits): Promise<string | null> {
  const [row] = await host.rows<{ most: number | string; limit: number | string }>(
    `SELECT max(n) AS most, toUInt64((SELECT value FROM system.merge_tree_settings WHERE name = 'parts_to_delay_insert')) AS limit FROM (SELECT partition_id, count() AS n FROM system.parts WHERE active AND (database, table) IN (${pairs([table])}) GROUP BY partition_id)`,
  );
  const [most, limit] = [Number(row?.most ?? 0), Number(row?.limit ?? 0)];
  return limit > 0 && most >= limit * partsShare
    ? `${table} has ${most} parts in one partition, and inserts are slowed down from ${limit} on`
    : null;
}

async function merges(host: WalkHost): Promise<string | null> {
  const rows = await host.rows<{ metric: string; value: number | string }>(
    "SELECT metric, value FROM system.metrics WHERE metric IN ('BackgroundMergesAndMutationsPoolTask', 'BackgroundMergesAndMutationsPoolSize')",
  );
  const value = (metric: string): number => Number(rows.find((row) => row.metric === metric)?.value ?? 0);
  const [task, size] = [value("BackgroundMergesAndMutationsPoolTask"), value("BackgroundMergesAndMutationsPoolSize")];
  return size > 0 && task >= size ? `all ${size} places for merges and mutations are taken` : null;
}

async function queue(host: WalkHost, table: string, limits: BusyLimits): Promise<string | null> {
  const [row] = await host.rows<{ size: number | string }>(
    `SELECT max(queue_size) AS size FROM system.replicas WHERE (database, table) IN (${pairs([table])})`,
  );
  const size = Number(row?.size ?? 0);
  return size > limits.queue ? `the replica of ${table} has ${size} entries in its queue` : null;
}

async function inserts(host: WalkHost, table: string, { insertMs }: BusyLimits): Promise<string | null> {
  if (insertMs === null) return null;
  const [row] = await host.rows<{ p95: number | null; count: number | string }>(
    `SELECT quantile(0.95)(query_duration_ms) AS p95, count() AS count FROM system.query_log WHERE type = 'QueryFinish' AND query_kind = 'Insert' AND event_time > now() - 60 AND has(tables, ${literal(table)})`,
  );
  const p95 = Math.round(row?.p95 ?? 0);
  return Number(row?.count ?? 0) > 0 && p95 > insertMs
    ? `95 % of the ${row?.count ?? 0} inserts into ${table} over the last minute took up to ${p95} ms (limit ${insertMs} ms)`
    : null;
}
