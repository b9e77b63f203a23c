import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import type { HostCatalogue, Topology } from "../../model/clickhouse/topology.ts";
import type { Migration } from "../../model/migration.ts";
import { columnFamilies } from "./column-families.ts";
import { addColumns, modifyColumns } from "./columns.ts";
import { Simulation, type Draft, type PlanContext } from "./context.ts";
import { planHash, topologyHash } from "./hash.ts";
import { readIntents, type Intent } from "./intents.ts";
import { inventoryOf, type Inventory } from "./inventory.ts";
import { onRows } from "./local.ts";
import { createObject } from "./create-object.ts";
import { dropObject } from "./drop-object.ts";
import { onHosts } from "./on-hosts.ts";
import { changeQueue, type QueueChange } from "./queues.ts";
import { settleRecreations } from "./recreate.ts";
import { makeAnew, type KeyIntent } from "./key-change.ts";
import { isRename, renameColumn, renameNote } from "./rename.ts";
import { dropColumns } from "./removal.ts";
import type { ClusterPlan, ClusterStep, ObjectBefore, PlanFinding } from "../../model/clickhouse/cluster-plan.ts";
import { stateOf } from "./start.ts";
import { waves } from "./waves.ts";
import { withProbes } from "./probes.ts";
import { addOutputs, changeQuery } from "./views.ts";
import { warnings } from "./warnings.ts";

export interface ClusterPlanInput {
  readonly engine: ClickHouseEngine;
  /** Pending ones for ClickHouse, in their order. */
  readonly migrations: readonly Migration[];
  readonly topology: Topology;
  /** Of the hosts that answered. */
  readonly catalogues: readonly HostCatalogue[];
  readonly environment: string | null;
  /** Of unqualified names. */
  readonly database: string;
  /** How a Kafka table is changed; default `second`. */
  readonly queues?: "second" | "gap";
  /** A key that is said in words, and stands in no migration: the first of `migrations` stands for it, without statements. */
  readonly key?: { readonly table: string; readonly sorting: string | null; readonly partition: string | null };
}

/**
 * The ordered steps of a change on a cluster, from what its hosts hold. Pure: the same catalogues give the same plan and the same hash.
 * What cannot be planned is a finding; the steps are then what is left, and must not be walked.
 */
export function planCluster(input: ClusterPlanInput): ClusterPlan {
  const { engine, migrations, topology, catalogues } = input;
  const inventory = inventoryOf(topology, catalogues);
  const state = stateOf(engine, catalogues, input.database, migrations, input.key?.table ?? "");
  const written = readIntents(engine, migrations, state, input.database);
  const read = input.key === undefined ? written : { ...written, intents: [...written.intents, keyInWords(input.key, migrations)] };
  const findings: PlanFinding[] = [...read.findings];
  const context: PlanContext = {
    inventory,
    state,
    sim: new Simulation(inventory),
    findings,
    queues: input.queues ?? "second",
    intents: read.intents,
  };
  warnings(context);
  const walked: Draft[] = [];
  for (const wave of waves(read.intents)) {
    const { intents, queues } = settleRecreations(context, wave);
    const drafts = planWave({ ...context, intents: wave }, intents, queues);
    walked.push(...drafts.toSorted((a, b) => a.rank - b.rank));
  }
  const steps = withProbes(context, walked).map((draft, at): ClusterStep => {
    const { rank: _, ...step } = draft;
    return { number: at + 1, ...step };
  });
  findings.push(...untried(inventory, steps));
  const planned = migrations.map(({ id, path, hash }) => ({ id, path, hash }));
  const parts = { environment: input.environment, migrations: planned, topology: topologyHash(topology), steps };
  return {
    format: "tread.cluster-plan/1",
    ...parts,
    hash: planHash(parts),
    hosts: topology.hosts.map(({ name, identity }) => ({
      name,
      shard: inventory.shardOf(name),
      identity,
      reached: inventory.hosts.includes(name),
    })),
    findings: findings.toSorted((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity]),
    before: beforeOf(steps, (host, name) => inventory.at(host, name)),
  };
}

/**
 * Replicated databases: DDL goes to one host and the database carries it on. No server that the tests can start makes one (engines of chDB
 * answer 139 though `interserver_http_port` is set), so somebody has to take that on.
 */
function untried(inventory: Inventory, steps: readonly ClusterStep[]): readonly PlanFinding[] {
  const databases = new Set<string>();
  for (const { object, action } of steps) {
    if (object === null || action.kind !== "statement") continue;
    const database = object.slice(0, object.indexOf("."));
    if (action.runs.some(({ seenOn }) => seenOn.some((host) => inventory.databaseEngine(host, database) === "Replicated")))
      databases.add(database);
  }
  return [...databases].map((database): PlanFinding => ({
    rule: "not-tried",
    severity: "error",
    message: `${database} is a Replicated database: one statement per database is planned, and that walk has never been tried on a real one`,
    help: `try it on a staging cluster first, then --accept not-tried:${database} --reason '…'`,
    migration: null,
    statement: null,
  }));
}

function keyInWords(key: NonNullable<ClusterPlanInput["key"]>, [first]: readonly Migration[]): KeyIntent {
  return { kind: "key", ...key, cluster: null, from: { migration: first?.id ?? "", statement: 0, file: first?.path ?? "", line: 1 } };
}

const SEVERITY = { error: 0, warning: 1, info: 2 } as const;

function planWave(context: PlanContext, intents: readonly Intent[], queues: readonly QueueChange[]): readonly Draft[] {
  const drafts: Draft[] = [];
  const created = intents.filter((intent) => intent.kind === "create");
  for (const intent of intents) if (intent.kind === "host" && intent.tables.length === 0) drafts.push(...onHosts(context, intent));
  // Tables before what stands over them, whatever order the files have.
  for (const intent of created.toSorted((a, b) => standsOver(a) - standsOver(b))) drafts.push(...createObject(context, intent));
  const families = columnFamilies(context, intents);
  for (const { family, intents: own } of families) {
    const adds = own.filter(({ change }) => change.kind === "add-column");
    if (adds.length > 0) drafts.push(...addColumns(context, family, adds));
    const changes = own.filter(({ change }) => !["add-column", "drop-column", "rename-column"].includes(change.kind));
    if (changes.length > 0) drafts.push(...modifyColumns(context, family, changes));
  }
  for (const { family, intents: own } of families)
    drafts.push(
      ...addOutputs(
        context,
        family,
        own.filter(({ change }) => change.kind === "add-column"),
        new Set(queues.map(({ name }) => name)),
      ),
    );
  for (const intent of intents) if (intent.kind === "query") drafts.push(...changeQuery(context, intent));
  for (const queue of queues) drafts.push(...changeQueue(context, queue));
  for (const intent of intents) if (intent.kind === "key") drafts.push(...makeAnew(context, intent));
  for (const intent of intents) if (intent.kind === "local") drafts.push(...onRows(context, intent));
  for (const intent of intents) if (intent.kind === "host" && intent.tables.length > 0) drafts.push(...onHosts(context, intent));
  for (const { family, intents: own } of families) {
    for (const rename of own.filter(isRename)) {
      renameNote(context, family, rename);
      drafts.push(...renameColumn(context, family, rename));
    }
    const drops = own.filter(({ change }) => change.kind === "drop-column");
    if (drops.length > 0) drafts.push(...dropColumns(context, family, drops));
  }
  for (const intent of intents) if (intent.kind === "drop") drafts.push(...dropObject(context, intent));
  return drafts;
}

function standsOver(intent: Extract<Intent, { kind: "create" }>): number {
  const { table } = intent.change;
  if (table.kind !== "table") return table.kind === "materialized-view" ? 3 : 2;
  return table.forwards === null ? 0 : 1;
}

function beforeOf(
  steps: readonly ClusterStep[],
  at: (host: string, name: string) => { readonly columns: readonly { readonly name: string; readonly type: string }[] } | null,
): readonly ObjectBefore[] {
  const all = new Map<string, ObjectBefore>();
  for (const { object, action } of steps) {
    if (object === null || action.kind !== "statement") continue;
    for (const { seenOn } of action.runs)
      for (const host of seenOn) {
        const columns = at(host, object)?.columns.map(({ name, type }) => `${name} ${type}`) ?? null;
        all.set(`${host}\0${object}`, { host, object, columns });
      }
  }
  return [...all.values()];
}
