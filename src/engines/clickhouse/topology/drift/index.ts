import type { Drift } from "../../../../model/clickhouse/drift.ts";
import type { ClickHouseState } from "../../../../model/clickhouse/schema.ts";
import type { ClickHouseEngine } from "../../engine.ts";
import type { LiveTopology } from "../live.ts";
import type { Dialect } from "../queries.ts";
import type { Catalogues } from "../read.ts";
import { statesOf } from "../states.ts";
import { againstFile } from "./declared.ts";
import { betweenHosts } from "./between-hosts.ts";
import { dangling } from "./dangling.ts";
import { held } from "./held.ts";
import { orphanedPaths } from "./keeper-paths.ts";
import { againstRepository } from "./repository.ts";

export interface DriftReport {
  readonly drifts: readonly Drift[];
  /** Objects that were compared, over all hosts. */
  readonly compared: number;
  /** What could not be told, in words. */
  readonly notes: readonly string[];
}

/**
 * Everything in which the hosts that were read differ from each other, from the cluster file and from the repository.
 * @param expected what the applied migrations lead to; null: not compared
 */
export async function driftOf(
  engine: ClickHouseEngine,
  live: LiveTopology,
  { catalogues }: Catalogues,
  expected: ClickHouseState | null,
  dialect: Dialect = "current",
): Promise<DriftReport> {
  const states = statesOf(engine, catalogues);
  const notes = [...new Set([...catalogues.values()].flatMap(({ host, notes: own }) => own.map((note) => `${host}: ${note}`)))];
  for (const [host, { unread }] of states)
    for (const { object, reason } of unread)
      notes.push(`${host}: ${object} is compared as text only, its definition is not understood: ${reason}`);
  const all = held(live.topology, catalogues, states);
  const drifts: Drift[] = [
    ...live.topology.differences.map(({ host, message }): Drift => ({
      kind: "topology",
      hosts: host === null ? [] : [host],
      object: null,
      message,
      details: [],
      help: "",
    })),
    ...againstFile(all),
    ...betweenHosts(all),
    ...dangling(all),
    ...(expected === null ? [] : againstRepository(all, expected)),
    ...(await orphanedPaths(all, live.servers, notes, dialect)),
  ];
  return { drifts, compared: all.hosts.reduce((sum, { tables }) => sum + tables.size, 0), notes };
}
