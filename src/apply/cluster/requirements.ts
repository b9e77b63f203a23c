import type { ClusterPlan, Requirement } from "../../model/clickhouse/cluster-plan.ts";
import { outputsOf, readTables } from "./catalogue.ts";
import type { WalkHost } from "./host.ts";
import { queueOf, unsent } from "./queue.ts";

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
export async function unmet(
  requires: readonly Requirement[],
  plan: ClusterPlan,
  hosts: Hosts,
  beat: () => Promise<void>,
): Promise<readonly Unmet[]> {
  const missing: Unmet[] = [];
  for (const one of requires) {
    if (one.kind === "queue-empty") {
      for (const { host, table } of one.queues) {
        const connection = hosts.get(host);
        const message =
          connection === null
            ? `${host} does not answer: what is in the queue of ${table} cannot be told`
            : await (one.arriving === true ? unsent(connection, table, beat) : queueOf(connection, table));
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
