import type { HostStatus } from "../../../model/clickhouse/cluster-status.ts";
import type { HostCatalogue, HostReach, TopologyHost } from "../../../model/clickhouse/topology.ts";
import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../introspect/index.ts";
import { addressesOf, assemble, type Address, type Located } from "./assemble.ts";
import { readCatalogue } from "./catalogue.ts";
import { askHost, sameHost, type AskOptions, type HostAnswer } from "./host.ts";
import { inParallel } from "./in-parallel.ts";
import type { LiveTopology, Lost } from "./live.ts";
import { readStatus } from "./status.ts";

export interface TopologyOptions extends Partial<AskOptions> {
  /** Only these clusters of `system.clusters`; null: all but those that ship as examples with the server. */
  readonly clusters?: readonly string[] | null;
  /** Where a host that only `system.clusters` names is asked. Default: at its name, with port, user and password of the first entry host. */
  readonly reach?: (address: Address) => ClickHouseTarget | null;
  /** Native port of an entry host, where somebody knows it: then one that does not answer is still known for who it is. */
  readonly nativePort?: (endpoint: string) => number | null;
  /** Who logs in at a host that only `system.clusters` names; null: as at the first entry host. */
  readonly login?: (host: string) => { readonly user: string; readonly password: string } | null;
  /** Questions under way at a time, over all hosts. Default 8. */
  readonly connections?: number;
}

export const TIMEOUT_SECONDS = 3;
const CONNECTIONS = 8;

/**
 * Which hosts there are, as the entry hosts say and each host itself confirms: every one is asked directly, and one that does not answer
 * is `unreachable` with the reason.
 * @throws DatabaseTrouble when no entry host answers
 */
export async function readTopology(entries: readonly ClickHouseTarget[], options: TopologyOptions = {}): Promise<LiveTopology> {
  const ask: AskOptions = { timeoutSeconds: options.timeoutSeconds ?? TIMEOUT_SECONDS, dialect: options.dialect ?? "current" };
  const connections = options.connections ?? CONNECTIONS;
  const located: Located[] = [];
  const add = (target: ClickHouseTarget, answer: HostAnswer | DatabaseTrouble, address: Address | null): void => {
    if (
      !(answer instanceof DatabaseTrouble) &&
      located.some(({ answer: other }) => other !== null && sameHost(other.identity, answer.identity))
    ) {
      // Two URLs of one server, or every host behind one balancer.
      if (address !== null) located.push({ target, address, answer: null, reach: anotherHost(target) });
      return;
    }
    located.push(
      answer instanceof DatabaseTrouble
        ? { target, address, answer: null, reach: unreachable(answer) }
        : { target, address, answer, reach: { state: "reached", version: answer.server.version } },
    );
  };
  const entered = await inParallel(connections, entries, (target) => tried(target, ask));
  for (const [index, target] of entries.entries()) {
    const answer = entered[index] ?? neverAsked(target);
    const nativePort = answer instanceof DatabaseTrouble ? (options.nativePort?.(target.endpoint) ?? null) : null;
    add(target, answer, nativePort === null ? null : { name: new URL(target.endpoint).hostname, nativePort, host: null });
  }
  const [first] = located.filter(({ answer }) => answer !== null);
  if (first === undefined) throw noneAnswered(located);

  // What a host that was just found knows of others is followed too, until nobody names a new one.
  const asked = new Set<string>();
  for (;;) {
    const unknown = addressesOf(located, options.clusters ?? null).filter(
      (address) => address.host === null && !asked.has(`${address.name}:${address.nativePort}`),
    );
    if (unknown.length === 0) break;
    const targets = unknown.map((address) =>
      options.reach === undefined ? beside(first.target, address, options.login) : options.reach(address),
    );
    for (const address of unknown) asked.add(`${address.name}:${address.nativePort}`);
    const answers = await inParallel(connections, targets, (target) => (target === null ? null : tried(target, ask)));
    for (const [index, address] of unknown.entries()) {
      const target = targets[index] ?? null;
      const answer = answers[index] ?? null;
      if (target !== null && answer !== null) add(target, answer, address);
    }
  }
  return assemble(located, options.clusters ?? null);
}

export interface Catalogues {
  /** By `TopologyHost.name`. */
  readonly catalogues: ReadonlyMap<string, HostCatalogue>;
  readonly lost: Lost;
}

/** What every host that answered holds, eight hosts at a time. */
export async function readCatalogues(live: LiveTopology, options: TopologyOptions = {}): Promise<Catalogues> {
  const { found, lost } = await fromEach(live, options, (server, { name, macros }) => readCatalogue(server, name, macros, options.dialect));
  return { catalogues: found, lost };
}

export interface Statuses {
  /** By `TopologyHost.name`. */
  readonly statuses: ReadonlyMap<string, HostStatus>;
  readonly lost: Lost;
}

/** Queues, mutations and replicas of every host that answered. */
export async function readStatuses(live: LiveTopology, options: TopologyOptions = {}): Promise<Statuses> {
  const { found, lost } = await fromEach(live, options, (server, { name }) => readStatus(server, name, options.dialect));
  return { statuses: found, lost };
}

async function fromEach<T>(
  { topology, servers }: LiveTopology,
  { connections = CONNECTIONS }: TopologyOptions,
  read: (server: ReadOnlyClickHouse, host: TopologyHost) => Promise<T>,
): Promise<{ found: Map<string, T>; lost: Map<string, Extract<HostReach, { readonly state: "unreachable" }>> }> {
  const found = new Map<string, T>();
  const lost = new Map<string, Extract<HostReach, { readonly state: "unreachable" }>>();
  await inParallel(connections, topology.hosts, async (host) => {
    const server = servers.get(host.name);
    if (server === undefined) return;
    try {
      found.set(host.name, await read(server, host));
    } catch (error) {
      if (!(error instanceof DatabaseTrouble)) throw error;
      lost.set(host.name, unreachable(error));
    }
  });
  return { found, lost };
}

async function tried(target: ClickHouseTarget, ask: AskOptions): Promise<HostAnswer | DatabaseTrouble> {
  try {
    return await askHost(target, ask);
  } catch (error) {
    if (error instanceof DatabaseTrouble) return error;
    throw error;
  }
}

/** The same HTTP port of another host. A password goes to no host but those that the entry hosts themselves name as their cluster's. */
function beside(entry: ClickHouseTarget, address: Address, login: TopologyOptions["login"]): ClickHouseTarget {
  const url = new URL(entry.endpoint);
  const was = url.host;
  url.hostname = address.name.includes(":") ? `[${address.name}]` : address.name;
  const own = login?.(url.host) ?? null;
  return {
    ...entry,
    endpoint: url.toString(),
    shown: own === null ? entry.shown.replace(was, url.host) : `${url.protocol}//${encodeURIComponent(own.user)}@${url.host}`,
    ...(own === null ? {} : { ...own, redact: (text) => entry.redact(own.password === "" ? text : text.replaceAll(own.password, "***")) }),
  };
}

function unreachable({ message, help }: DatabaseTrouble): Extract<HostReach, { readonly state: "unreachable" }> {
  return { state: "unreachable", reason: message, help };
}

function anotherHost(target: ClickHouseTarget): HostReach {
  return {
    state: "unreachable",
    reason: `${target.shown} is another host of this cluster, which answers there too`,
    help: "which HTTP port it has is not known: name it with one more --clickhouse-url, or in the cluster file",
  };
}

function neverAsked(target: ClickHouseTarget): DatabaseTrouble {
  return new DatabaseTrouble(`${target.shown} was not asked`, "");
}

function noneAnswered(located: readonly Located[]): DatabaseTrouble {
  const reasons = located.flatMap(({ reach }) => (reach.state === "unreachable" ? [reach] : []));
  const [first] = reasons;
  if (first === undefined)
    return new DatabaseTrouble("no host was named", "say where one is: --clickhouse-url https://reader@ch-1:8443", null, 2);
  if (reasons.length === 1) return new DatabaseTrouble(first.reason, first.help);
  return new DatabaseTrouble(
    `none of ${reasons.length} hosts could be asked: ${reasons.map(({ reason }) => reason).join("; ")}`,
    first.help,
  );
}
