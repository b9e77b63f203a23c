import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { inOrderOfUse } from "../../engines/clickhouse/introspect/statements.ts";
import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { CatalogueTable, HostCatalogue, Topology } from "../../model/clickhouse/topology.ts";
import type { Migration } from "../../model/migration.ts";
import { wholeSpan } from "../../text/span.ts";
import { addColumns, modifyColumns, type ColumnIntent } from "./columns.ts";
import { found, list, Simulation, type Draft, type PlanContext } from "./context.ts";
import { familyOf, type Family } from "./family.ts";
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

/** What any host holds and the migrations may be about, each name once: to read them against. */
function stateOf(
  engine: ClickHouseEngine,
  catalogues: readonly HostCatalogue[],
  database: string,
  migrations: readonly Migration[],
  named: string,
): ClickHouseState {
  const creates = new Map<string, string>();
  const wanted = concerned(catalogues, migrations, named);
  for (const { tables } of catalogues)
    for (const { name, create } of tables) if (create !== "" && wanted.has(name) && !creates.has(name)) creates.set(name, create);
  const sql = inOrderOfUse([...creates.values()])
    .map((one) => `${one};\n`)
    .join("");
  let state = emptyClickHouseState({ complete: false });
  const databases = new Set(catalogues.flatMap((one) => one.databases.map(({ name }) => name)));
  const script = `${[...databases]
    .filter((name) => name !== "default")
    .map((name) => `CREATE DATABASE IF NOT EXISTS \`${name}\`;\n`)
    .join("")}${sql}`;
  const step = {
    kind: "sql",
    sql: script,
    span: wholeSpan("catalogue", script),
    verbatim: false,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    if (raw.tree === null) continue;
    for (const change of engine.changes(raw, state, { database })) state = applyClickHouse(change, state, { migration: null });
  }
  return withFreshSession(state);
}

/** Tables whose names stand in the migrations, and those that rows go to or come from: parsing all 300 of a host would take a second. */
function concerned(catalogues: readonly HostCatalogue[], migrations: readonly Migration[], named: string): ReadonlySet<string> {
  const words = new Set(
    migrations.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === "sql" ? (step.sql.match(/\w+/g) ?? []) : []))),
  ).add(named.slice(named.indexOf(".") + 1));
  const all = new Map<string, CatalogueTable>();
  for (const { tables } of catalogues) for (const table of tables) if (!all.has(table.name)) all.set(table.name, table);
  const wanted = new Set([...all.values()].flatMap(({ name, table }) => (words.has(table) ? [name] : [])));
  for (let before = -1; before < wanted.size;) {
    before = wanted.size;
    for (const table of all.values()) {
      const next = [table.distributed?.over ?? null, table.target].filter((name) => name !== null);
      if (wanted.has(table.name)) for (const name of next) wanted.add(name);
      else if (next.some((name) => wanted.has(name))) wanted.add(table.name);
      else if (
        (table.kind === "forwarding" || table.kind === "dictionary") &&
        [...wanted].some((name) => table.create.includes(name.slice(name.indexOf(".") + 1)))
      )
        wanted.add(table.name);
    }
  }
  return wanted;
}

/** What is taken away and later added again, or the other way round, are two waves; all else is one: additions first, removals last. */
function waves(intents: readonly Intent[]): readonly (readonly Intent[])[] {
  const all: Intent[][] = [];
  let current: Intent[] = [];
  let removed = new Set<string>();
  let added = new Set<string>();
  for (const intent of intents) {
    const keys = keysOf(intent);
    const again = keys.added.some((key) => removed.has(key)) || keys.removed.some((key) => added.has(key));
    if (again) {
      all.push(current);
      current = [];
      removed = new Set();
      added = new Set();
    }
    current.push(intent);
    for (const key of keys.added) added.add(key);
    for (const key of keys.removed) removed.add(key);
  }
  if (current.length > 0) all.push(current);
  return all;
}

/** Columns by name, whichever table of a family is named. A table that is dropped and made again is settled within its wave. */
function keysOf(intent: Intent): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  if (intent.kind !== "column") return { added: [], removed: [] };
  const { change } = intent;
  if (change.kind === "add-column") return { added: [change.column.name], removed: [] };
  if (change.kind === "drop-column") return { added: [], removed: [change.column] };
  if (change.kind === "rename-column") return { added: [change.to], removed: [change.column] };
  return { added: [], removed: [] };
}

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

interface FamilyIntents {
  readonly family: Family;
  readonly intents: readonly ColumnIntent[];
}

/** Column changes by the table that holds the rows, each once: naming three tables of a family three times is one change. */
function columnFamilies(context: PlanContext, intents: readonly Intent[]): readonly FamilyIntents[] {
  const families = new Map<string, { family: Family; intents: ColumnIntent[]; named: Map<string, Set<string>> }>();
  const absent: ColumnIntent[] = [];
  for (const intent of intents) {
    if (intent.kind !== "column") continue;
    const { change, from, cluster } = intent;
    // A plain view, or a table that this very plan creates, is not changed column by column.
    const resolved = familyOf(change.table, context.inventory, context.state, cluster);
    if ("refused" in resolved) {
      if (resolved.rule === "not-here") absent.push(intent);
      else found(context, { rule: resolved.rule, severity: "error", message: resolved.refused, help: resolved.help }, from);
      continue;
    }
    const { family } = resolved;
    const known = families.get(family.base) ?? { family, intents: [], named: new Map<string, Set<string>>() };
    families.set(family.base, known);
    const key = changeKey(intent);
    const named = known.named.get(key);
    if (named !== undefined) {
      named.add(change.table);
      // The statement for the table with the rows says most: codec, TTL.
      if (change.table === family.base)
        known.intents.splice(
          known.intents.findIndex((one) => changeKey(one) === key),
          1,
          intent,
        );
      continue;
    }
    known.named.set(key, new Set([change.table]));
    known.intents.push(intent);
  }
  for (const intent of absent) notHere(context, intent, families);
  for (const { family, named } of families.values()) companions(context, family, named, intents);
  return [...families.values()];
}

function changeKey({ change }: ColumnIntent): string {
  const column = change.kind === "add-column" ? change.column.name : change.column;
  return `${change.kind} ${column}`;
}

/** A companion that this installation does not have: the same change on a table that it has stands for it. */
function notHere(
  context: PlanContext,
  intent: ColumnIntent,
  families: ReadonlyMap<string, { readonly named: ReadonlyMap<string, unknown> }>,
): void {
  const { change, from } = intent;
  const key = changeKey(intent);
  const covered = [...families].find(([, { named }]) => named.has(key));
  const single = context.inventory.topology.hosts.length === 1;
  const declared = context.inventory.topology.declared.find(({ name }) => name === change.table)?.family ?? null;
  const sameFamily =
    covered !== undefined &&
    declared !== null &&
    context.inventory.topology.declared.some((one) => one.family === declared && one.name === covered[0]);
  if (covered !== undefined && (single || sameFamily)) {
    found(
      context,
      {
        rule: "not-here",
        severity: "info",
        message: `${change.table} does not exist on this installation; ${covered[0]} takes the change`,
        help: "nothing is run for it",
      },
      from,
    );
    return;
  }
  const unread = context.inventory.unread;
  found(
    context,
    {
      rule: "not-here",
      severity: "error",
      message: `no host holds ${change.table}${unread.length === 0 ? "" : ` (not asked: ${list(unread)})`}`,
      help: "check its name and database, and that every cluster it stands on is part of the topology",
    },
    from,
  );
}

/** A migration that lists the tables of a family one by one, and leaves one out, has forgotten it. */
function companions(
  context: PlanContext,
  family: Family,
  named: ReadonlyMap<string, ReadonlySet<string>>,
  intents: readonly Intent[],
): void {
  const members = [family.base, ...new Set([...family.read, ...family.write, ...family.buffers].map(({ table }) => table.name))];
  for (const [key, tables] of named) {
    if (tables.size < 2) continue;
    const forgotten = members.filter((name) => !tables.has(name));
    if (forgotten.length === 0) continue;
    const from =
      intents.find((intent) => intent.kind === "column" && tables.has(intent.change.table) && changeKey(intent) === key)?.from ?? null;
    found(
      context,
      {
        rule: "forgotten-companion",
        severity: "warning",
        message: `the migration changes ${list(tables)}, and not ${list(forgotten)}, which ${forgotten.length === 1 ? "is" : "are"} of the same family (${key.replace("-column", "")})`,
        help: `the plan changes ${forgotten.length === 1 ? "it" : "them"} as well; one statement on any of the tables says the same`,
      },
      from,
    );
  }
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
