import type { HostIdentity } from "../../../model/clickhouse/topology.ts";
import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import { openReadOnlyClickHouse, type ClickHouseTarget, type ReadOnlyClickHouse } from "../introspect/index.ts";
import { QUERIES, uuidOrNull, type Dialect, type Digits } from "./queries.ts";

/** What one host says of itself and of the clusters that it knows. */
export interface HostAnswer {
  readonly target: ClickHouseTarget;
  readonly server: ReadOnlyClickHouse;
  readonly identity: HostIdentity;
  readonly clusters: readonly ClusterRow[];
  /** See `TopologyHost.keeper`. */
  readonly keeper: string | null;
}

/** A replica as `system.clusters` of one host has it. */
export interface ClusterRow {
  readonly cluster: string;
  /** From 1. */
  readonly shard: number;
  readonly weight: number;
  /** Null: an old server does not tell. */
  readonly internalReplication: boolean | null;
  readonly replica: number;
  readonly host: string;
  readonly port: number;
  /** The host that answered is this one; an old server says so of every replica of its shard. */
  readonly local: boolean;
}

export interface AskOptions {
  /** Longest that a host may take for one question. */
  readonly timeoutSeconds: number;
  readonly dialect: Dialect;
}

interface RawClusterRow {
  readonly cluster: string;
  readonly shard_num: Digits;
  readonly shard_weight: Digits;
  readonly internal_replication?: Digits;
  readonly replica_num: Digits;
  readonly host_name: string;
  readonly port: Digits;
  readonly is_local: Digits;
}

/** Asks one host who it is. @throws DatabaseTrouble */
export async function askHost(target: ClickHouseTarget, { timeoutSeconds, dialect }: AskOptions): Promise<HostAnswer> {
  const server = await openReadOnlyClickHouse(target, { timeoutSeconds, graceSeconds: 0, old: dialect === "old" });
  const [identity] = await server.rows<{ host: string; uuid: string; port: Digits }>(QUERIES.identity[dialect]);
  if (identity === undefined) throw new DatabaseTrouble(`${target.shown} did not say who it is`, "is it ClickHouse's HTTP interface?");
  const macros = await server.rows<{ macro: string; substitution: string }>(QUERIES.macros[dialect]);
  const clusters = await server.rows<RawClusterRow>(QUERIES.clusters[dialect]);
  return {
    target,
    server,
    identity: {
      serverUuid: uuidOrNull(identity.uuid),
      hostName: identity.host,
      nativePort: Number(identity.port) === 0 ? null : Number(identity.port),
      macros: Object.fromEntries(macros.map(({ macro, substitution }) => [macro, substitution])),
    },
    clusters: clusters.map((row) => ({
      cluster: row.cluster,
      shard: Number(row.shard_num),
      weight: Number(row.shard_weight),
      internalReplication: row.internal_replication === undefined ? null : Number(row.internal_replication) !== 0,
      replica: Number(row.replica_num),
      host: row.host_name,
      port: Number(row.port),
      local: Number(row.is_local) !== 0,
    })),
    keeper: await oldestNode(server, dialect),
  };
}

/** The oldest node of the Keeper that was made by somebody; null without a Keeper, or where it may not be read. */
async function oldestNode(server: ReadOnlyClickHouse, dialect: Dialect): Promise<string | null> {
  try {
    const nodes = await server.rows<{ name: string; ctime: string; czxid: Digits }>(QUERIES.keeper[dialect]);
    const made = nodes.filter(({ name }) => name !== "zookeeper" && name !== "keeper");
    const [oldest] = made.sort((a, b) => Number(a.czxid) - Number(b.czxid));
    return oldest === undefined ? null : `${oldest.name} ${oldest.ctime} #${Number(oldest.czxid)}`;
  } catch (error) {
    // 60: no Keeper is configured; 497: no right; 999: it does not answer now.
    if (error instanceof DatabaseTrouble && error.code !== null && /^\d+$/.test(error.code) && error.code !== "159") return null;
    throw error;
  }
}

/** Two answers of one server. */
export function sameHost(a: HostIdentity, b: HostIdentity): boolean {
  if (a.serverUuid !== null && b.serverUuid !== null) return a.serverUuid === b.serverUuid;
  return a.hostName === b.hostName && a.nativePort === b.nativePort && sameMacros(a.macros, b.macros);
}

export function sameMacros(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
