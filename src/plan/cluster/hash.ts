import { createHash } from "node:crypto";
import type { Topology } from "../../model/clickhouse/topology.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";

/** What a walk relies on of a topology: hosts, addresses, shards, roles, tables that the file declares. Not who is up just now. */
export function topologyHash(topology: Topology): string {
  const { clusters, hosts, declared, probes } = topology;
  const parts = {
    clusters,
    hosts: hosts.map(({ name, host, httpPort, tls, roles }) => ({ name, host, httpPort, tls, roles })),
    declared,
    probes,
  };
  return sha256(JSON.stringify(parts));
}

/** Of everything that will run, in its order; words that only explain are left out. */
export function planHash({
  environment,
  migrations,
  topology,
  steps,
}: Pick<ClusterPlan, "environment" | "migrations" | "topology" | "steps">): string {
  const parts = {
    environment,
    migrations: migrations.map(({ id, hash }) => ({ id, hash })),
    topology,
    steps: steps.map(({ number, action, requires, recovery }) => ({ number, action, requires, recovery })),
  };
  return sha256(JSON.stringify(parts));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
