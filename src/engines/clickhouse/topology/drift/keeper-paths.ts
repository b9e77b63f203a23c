import type { Drift } from "../../../../model/clickhouse/drift.ts";
import { quoteLiteral } from "../../../../text/quote.ts";
import { DatabaseTrouble } from "../../../postgres/introspect/trouble.ts";
import type { ReadOnlyClickHouse } from "../../introspect/index.ts";
import type { Dialect } from "../queries.ts";
import type { Held, HeldHost } from "./held.ts";

/** More nodes than this are not looked at: a Keeper is shared, and nobody should load it with a question. */
const MOST_NODES = 20_000;
/** An old server takes one path per question. */
const AT_A_TIME = { current: 400, old: 1 } as const satisfies Readonly<Record<Dialect, number>>;

/**
 * Tables and replicas in Keeper that no host uses, below the folders in which the hosts' own tables lie. Nothing is said while a host of
 * the cluster was not read: the path may be its.
 * @param servers by host
 */
export async function orphanedPaths(
  { hosts, topology }: Held,
  servers: ReadonlyMap<string, ReadOnlyClickHouse>,
  notes: string[],
  dialect: Dialect,
): Promise<readonly Drift[]> {
  const replicated = hosts.filter(({ tables }) => [...tables.values()].some(({ replica }) => replica !== null));
  if (replicated.length === 0) return [];
  const unread = topology.hosts.filter(({ name }) => !hosts.some(({ host }) => host.name === name));
  if (unread.length > 0) {
    notes.push("paths in Keeper that nobody uses were not looked for: they may be those of the hosts that could not be read");
    return [];
  }
  const drifts: Drift[] = [];
  for (const keeper of new Set(replicated.map(({ host }) => host.keeper))) {
    const own = replicated.filter(({ host }) => host.keeper === keeper);
    const [asked] = own.flatMap(({ host }) => servers.get(host.name) ?? []);
    if (asked === undefined) continue;
    try {
      drifts.push(...(await inKeeper(asked, own, notes, AT_A_TIME[dialect])));
    } catch (error) {
      if (!(error instanceof DatabaseTrouble)) throw error;
      notes.push(`paths in Keeper could not be read: ${error.message}`);
    }
  }
  return drifts;
}

async function inKeeper(
  server: ReadOnlyClickHouse,
  hosts: readonly HeldHost[],
  notes: string[],
  atATime: number,
): Promise<readonly Drift[]> {
  const used = new Map<string, Set<string>>();
  for (const { tables } of hosts)
    for (const { replica } of tables.values())
      if (replica !== null) used.set(replica.zookeeperPath, (used.get(replica.zookeeperPath) ?? new Set()).add(replica.replicaName));
  const paths = [...used.keys()].filter((path) => path.startsWith("/"));
  const drifts: Drift[] = [];
  for (const { path, names } of await children(
    server,
    paths.map((one) => `${one}/replicas`),
    atATime,
  )) {
    const table = path.replace(/\/replicas$/, "");
    for (const name of names)
      if (used.get(table)?.has(name) !== true)
        drifts.push({
          kind: "orphaned-path",
          hosts: [],
          object: table,
          message: `replica ${name} of ${table} is in Keeper and on no host`,
          details: [],
          help: `its log is kept for it and grows; if it is gone for good: SYSTEM DROP REPLICA '${name}' FROM ZKPATH '${table}'`,
        });
  }
  let level = roots(paths);
  let seen = 0;
  while (level.length > 0) {
    const found = await children(server, level, atATime);
    const next: string[] = [];
    for (const { path, names } of found) {
      seen += names.length;
      // A table: what is inside is its own.
      if (names.includes("replicas") && names.includes("metadata")) {
        if (!used.has(path))
          drifts.push({
            kind: "orphaned-path",
            hosts: [],
            object: path,
            message: `${path} is a table in Keeper, and no host that was read uses it`,
            details: [],
            help: "of a table that was dropped without its last replica, or of another cluster that shares this Keeper",
          });
        continue;
      }
      next.push(...names.map((name) => `${path}/${name}`));
    }
    if (seen > MOST_NODES) {
      notes.push(
        `Keeper holds more than ${MOST_NODES} nodes below ${roots(paths).join(", ")}: not all were looked at for tables that nobody uses`,
      );
      break;
    }
    level = next;
  }
  return drifts;
}

/** Folders of two names that hold the tables: `/clickhouse/tables`. A path of one name has none, and the root is not listed. */
function roots(paths: readonly string[]): string[] {
  return [
    ...new Set(
      paths
        .map((path) => path.split("/").slice(1, -1))
        .filter(({ length }) => length >= 2)
        .map((parts) => `/${parts.slice(0, 2).join("/")}`),
    ),
  ];
}

async function children(
  server: ReadOnlyClickHouse,
  paths: readonly string[],
  atATime: number,
): Promise<{ path: string; names: string[] }[]> {
  const found: { path: string; names: string[] }[] = [];
  for (let from = 0; from < paths.length; from += atATime) {
    const some = paths.slice(from, from + atATime);
    const rows = await server.rows<{ path: string; name: string }>(
      `SELECT path, name FROM system.zookeeper WHERE path ${some.length === 1 ? `= ${quoteLiteral(some[0] ?? "")}` : `IN (${some.map(quoteLiteral).join(", ")})`}`,
    );
    const byPath = new Map<string, string[]>();
    for (const { path, name } of rows) byPath.set(path, [...(byPath.get(path) ?? []), name]);
    found.push(...[...byPath].map(([path, names]) => ({ path, names })));
  }
  return found;
}
