import type { ClusterPlan, Requirement } from "../../model/clickhouse/cluster-plan.ts";
import { outputsOf, readTables } from "./catalogue.ts";
import { HostTrouble, pairs, type WalkHost } from "./host.ts";

export interface Unmet {
  readonly host: string;
  readonly message: string;
  readonly because: string;
}

export interface Hosts {
  /** Null: it does not answer. */
  get(name: string): WalkHost | null;
}

/**
 * Asks every catalogue for what a step needs, right before it. A replica that does not answer is passed over where another one of its
 * shard shows it: replication brings it before that replica serves again.
 */
export async function unmet(requires: readonly Requirement[], plan: ClusterPlan, hosts: Hosts): Promise<readonly Unmet[]> {
  const missing: Unmet[] = [];
  for (const one of requires) {
    if (one.kind === "queue-empty") {
      for (const { host, table } of one.queues) {
        const connection = hosts.get(host);
        const message =
          connection === null
            ? `${host} does not answer: what is in the queue of ${table} cannot be told`
            : await queueOf(connection, table);
        if (message !== null) missing.push({ host, message, because: one.because });
      }
      continue;
    }
    for (const host of one.hosts) {
      const connection = hosts.get(host);
      if (connection === null) {
        if (one.kind !== "no-view-names" && !stoodFor(host, one.table, plan, hosts))
          missing.push({ host, message: `${host} does not answer`, because: one.because });
        continue;
      }
      const message = await differs(connection, one);
      if (message !== null) missing.push({ host, message: `${host}: ${message}`, because: one.because });
    }
  }
  return missing;
}

async function differs(host: WalkHost, one: Exclude<Requirement, { kind: "queue-empty" }>): Promise<string | null> {
  if (one.kind === "no-view-names") {
    const outputs = await outputsOf(host, one.view);
    const named = one.columns.filter((column) => outputs?.includes(column) === true);
    return named.length === 0 ? null : `${one.view} still sends ${named.join(", ")}`;
  }
  const table = (await readTables(host, [one.table])).get(one.table);
  switch (one.kind) {
    case "table-on":
      return table === undefined ? `${one.table} does not exist` : null;
    case "column-on": {
      if (table === undefined) return `${one.table} does not exist`;
      const lacking = one.columns.filter((column) => !table.columns.has(column));
      return lacking.length === 0 ? null : `${one.table} lacks ${lacking.join(", ")}`;
    }
    case "no-column-on": {
      const left = one.columns.filter((column) => table?.columns.has(column) === true);
      return left.length === 0 ? null : `${one.table} still has ${left.join(", ")}`;
    }
    default:
      return one satisfies never;
  }
}

/** Another replica of the same table answers. */
function stoodFor(host: string, table: string, { steps }: ClusterPlan, hosts: Hosts): boolean {
  return steps.some(
    ({ object, action }) =>
      object === table &&
      action.kind === "statement" &&
      action.runs.some(
        ({ replicated, seenOn }) =>
          replicated && seenOn.includes(host) && seenOn.some((other) => other !== host && hosts.get(other) !== null),
      ),
  );
}

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
