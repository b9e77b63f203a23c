import { createHash } from "node:crypto";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import { found, list, METADATA, NO_WORK, RANK, runsOf, type Draft, type PlanContext, type SimColumn } from "./context.ts";
import { groupsOf, hostGroups, type ShardGroup } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";
import type { Expectation, Requirement, StepOrigin } from "../../model/clickhouse/cluster-plan.ts";
import { viewQueryOf } from "../../engines/clickhouse/graph/view-query.ts";
import { merged, requiredFor } from "./views.ts";

export type CreateIntent = Intent & { readonly kind: "create" };
export type DropIntent = Intent & { readonly kind: "drop" };
export type HostIntent = Intent & { readonly kind: "host" };
type Model = Omit<ClickHouseTable, "origin">;

/** CREATE on every host that the table is for. */
export function createObject(context: PlanContext, intent: CreateIntent): readonly Draft[] {
  const { change, from } = intent;
  const { table } = change;
  const target = hostsFor(context, intent);
  if ("refused" in target) {
    found(context, { rule: "cannot-plan", severity: "error", message: `${table.name}: ${target.refused}`, help: target.help }, from);
    return [];
  }
  const there = target.hosts.filter((host) => context.sim.exists(host, table.name));
  const due = target.hosts.filter((host) => change.orReplace || !context.sim.exists(host, table.name));
  if (there.length > 0 && !change.orReplace) {
    const wrong = there.filter((host) => !sameColumns(context, host, table));
    found(
      context,
      wrong.length > 0
        ? {
            rule: "definitions-differ",
            severity: "error",
            message: `${table.name} exists on ${list(wrong)} with other columns than the migration creates it with`,
            help: "alter it there, or drop it if it was made by mistake",
          }
        : { rule: "already-so", severity: "info", message: `${table.name} exists already on ${list(there)}`, help: "nothing is run there" },
      from,
    );
  }
  const single = context.inventory.topology.hosts.length === 1;
  const made = sqlFor(context, intent, single);
  if (made === null || due.length === 0) return [];
  const columns = new Map<string, SimColumn>(
    table.columns.map(({ name, type, default: value }) => [name, { type: type.text, defaultKind: value?.kind ?? "", inKey: false }]),
  );
  const view = viewQueryOf(made, intent.database);
  const requires: Requirement[] = [];
  if (table.kind === "materialized-view" && view !== null && table.target !== null)
    for (const host of due) requires.push(...requiredFor(context, { host, table: { ...stub(table), target: table.target } }, view, from));
  if (table.forwards?.kind === "distributed" && table.forwards.table !== null) {
    const behind = context.inventory.clusterHosts(resolved(context, table.forwards.cluster)) ?? target.hosts;
    const lacking = behind.filter(
      (host) => context.inventory.hosts.includes(host) && !context.sim.exists(host, table.forwards?.table ?? ""),
    );
    if (lacking.length > 0)
      found(
        context,
        {
          rule: "table-absent",
          severity: "error",
          message: `${table.name} would stand over ${table.forwards.table}, which ${list(lacking)} lack`,
          help: "create it there in the same migration, or before",
        },
        from,
      );
    requires.push({
      kind: "table-on",
      hosts: behind,
      table: table.forwards.table,
      because: "reads through it would fail with 60 on a shard without the table",
    });
  }
  for (const host of due) context.sim.put(host, table.name, columns);
  if (view !== null) for (const host of due) context.sim.setQuery(host, table.name, view);
  const replacing = change.orReplace && there.length > 0;
  return [
    {
      rank: rankOfCreate(table, replacing),
      phase: "expand",
      role: roleOf(table),
      object: table.name,
      action: {
        kind: "statement",
        runs: runsOf(groupsByDatabase(context, due, table), () => ({
          sql: made,
          database: intent.database,
          expects: replacing
            ? [
                { kind: "table", table: table.name, engine: null },
                { kind: "untold", rerun: "again" },
              ]
            : [{ kind: "table", table: table.name, engine: null }],
        })),
      },
      requires: merged(requires),
      effect: replacing ? "replaces it" : "creates it",
      why: whyCreated(table),
      undo: replacing
        ? { kind: "forward-only", why: "the definition before is not kept" }
        : { kind: "statement", sql: `DROP TABLE ${quoted(table.name)} SYNC`, note: "takes rows with it that have arrived since" },
      work: METADATA,
      from,
      recovery: [],
    },
  ];
}

/** DROP on every host that has it. Only what the migration names goes. */
export function dropObject(context: PlanContext, intent: DropIntent): readonly Draft[] {
  const { change, from } = intent;
  const placed = context.inventory.placed(change.name).filter(({ host }) => context.sim.exists(host, change.name));
  if (placed.length === 0) {
    found(
      context,
      {
        rule: "already-so",
        severity: change.ifExists ? "info" : "warning",
        message: `no host holds ${change.name}`,
        help: "there is nothing to drop",
      },
      from,
    );
    return [];
  }
  const [{ table }] = placed as [(typeof placed)[number]];
  const left = leaningOn(context, change.name);
  if (left.length > 0) {
    found(
      context,
      {
        rule: "view-in-the-way",
        severity: "error",
        message: `${list(left)} would be left without ${change.name}`,
        help: "drop or change it in the same migration, before",
      },
      from,
    );
    return [];
  }
  const rows = placed.reduce((most, one) => Math.max(most, one.table.rows ?? 0), 0);
  if (table.kind === "local" && rows > 0)
    found(
      context,
      {
        rule: "rows-would-go",
        severity: "warning",
        message: `${change.name} holds rows (${rows} on the fullest host), which go with it`,
        help: "that cannot be taken back: apply asks for --yes",
      },
      from,
    );
  const drafts: Draft[] = [];
  const distributed = placed.filter((one) => one.table.distributed !== null);
  const queues = distributed.map(({ host }) => ({ host, table: change.name }));
  if (queues.length > 0)
    drafts.push({
      rank: RANK.flush,
      phase: "contract",
      role: "check",
      object: change.name,
      action: { kind: "flush", queues },
      requires: [],
      effect: "sends what background inserts have left in its queue",
      why: "a Distributed table takes its queued rows along when it is dropped (measured: 10 of 10 lost)",
      undo: { kind: "nothing" },
      work: NO_WORK,
      from,
      recovery: [],
    });
  for (const { host } of placed) context.sim.put(host, change.name, null);
  const rank =
    table.kind === "materialized-view" || table.kind === "view"
      ? RANK.viewContract
      : table.kind === "queue"
        ? RANK.queueContract
        : table.kind === "local" || table.kind === "external"
          ? RANK.drop
          : RANK.readContract;
  const noun = change.object === "dictionary" ? "DICTIONARY" : "TABLE";
  drafts.push({
    rank,
    phase: "contract",
    role: roleOfCatalogue(table.kind),
    object: change.name,
    action: {
      kind: "statement",
      runs: runsOf(hostGroups(placed, context.inventory), () => ({
        // SYNC: the path in Keeper is free at once, and a later CREATE does not meet what is left of it (253).
        sql: `DROP ${noun} ${quoted(change.name)}${noun === "TABLE" ? " SYNC" : ""}`,
        expects: [{ kind: "no-table", table: change.name }],
      })),
    },
    requires: queues.length === 0 ? [] : [{ kind: "queue-empty", queues, because: "queued rows go with the table" }],
    effect: "drops it",
    why: "nothing that stays refers to it",
    undo: { kind: "statement", sql: table.create, note: "without its rows" },
    work: METADATA,
    from,
    recovery: [],
  });
  return drafts;
}

/** Statements that nothing replicates, wherever their tables are. */
export function onHosts(context: PlanContext, intent: HostIntent): readonly Draft[] {
  const { change, from, tables } = intent;
  const [first] = tables;
  const placed = first === undefined ? [] : context.inventory.placed(first).filter(({ host }) => context.sim.exists(host, first));
  if (first !== undefined && placed.length === 0) {
    found(context, { rule: "not-here", severity: "error", message: `no host holds ${first}`, help: "check its name" }, from);
    return [];
  }
  const hosts = first === undefined ? hostsOfCluster(context, intent.cluster) : placed.map(({ host }) => host);
  const swaps = change.kind === "rename-table" || change.kind === "exchange-tables";
  const queues = swaps
    ? tables.flatMap((name) =>
        context.inventory.placed(name).flatMap(({ host, table }) => (table.distributed === null ? [] : [{ host, table: name }])),
      )
    : [];
  if (change.kind === "rename-table") {
    const left = leaningOn(context, change.name);
    if (left.length > 0)
      found(
        context,
        {
          rule: "view-in-the-way",
          severity: "error",
          message: `${list(left)} would be left without ${change.name}`,
          help: "a view or a Distributed table goes on by name: change it in the same migration",
        },
        from,
      );
  }
  const replicates = change.kind === "modify-table-comment";
  const groups: readonly ShardGroup[] =
    first === undefined
      ? hosts.map((host) => ({ shard: context.inventory.shardOf(host), hosts: [host], replicated: false }))
      : replicates
        ? groupsOf(placed, context.inventory)
        : hostGroups(placed, context.inventory);
  const runs = runsOf(groups, ({ hosts: [host] }) => {
    const expects = expectedOf(context, intent, host ?? "");
    return { sql: intent.sql, expects };
  });
  if (change.kind === "rename-table")
    for (const { host } of placed) {
      context.sim.put(host, change.to, context.sim.columns(host, change.name));
      context.sim.put(host, change.name, null);
    }
  const drafts: Draft[] = [];
  if (queues.length > 0)
    drafts.push({
      rank: RANK.swap,
      phase: "change",
      role: "check",
      object: first ?? null,
      action: { kind: "flush", queues },
      requires: [],
      effect: "sends what background inserts have left in its queue",
      why: "a Distributed table that is renamed or exchanged takes its queued rows along",
      undo: { kind: "nothing" },
      work: NO_WORK,
      from,
      recovery: [],
    });
  drafts.push({
    rank: first === undefined ? RANK.database : RANK.swap,
    phase: change.kind === "drop-database" || change.kind === "drop-function" ? "contract" : "change",
    role: change.kind.endsWith("database") ? "database" : change.kind.endsWith("function") ? "function" : "other",
    object: first ?? null,
    action: { kind: "statement", runs },
    requires: queues.length === 0 ? [] : [{ kind: "queue-empty", queues, because: "queued rows go where the table goes" }],
    effect: intent.sql.length > 60 ? change.kind.replace("-", " ") : intent.sql,
    why: replicates ? "replicas agree through Keeper" : "it is not replicated: every host is changed by itself",
    undo: undoOf(intent),
    work: METADATA,
    from,
    recovery: [],
  });
  return drafts;
}

function expectedOf(context: PlanContext, { change }: HostIntent, host: string): readonly Expectation[] {
  switch (change.kind) {
    case "rename-table":
      return [
        { kind: "no-table", table: change.name },
        { kind: "table", table: change.to, engine: null },
      ];
    case "exchange-tables": {
      const [one, other] = [context.inventory.at(host, change.name)?.uuid ?? null, context.inventory.at(host, change.with)?.uuid ?? null];
      return one === null || other === null
        ? [{ kind: "untold", rerun: "once" }]
        : [
            { kind: "uuid", table: change.name, uuid: other },
            { kind: "uuid", table: change.with, uuid: one },
          ];
    }
    case "create-database":
      return [{ kind: "database", database: change.database.name, present: true }];
    case "drop-database":
      return [{ kind: "database", database: change.name, present: false }];
    case "create-function":
      return [{ kind: "function", name: change.function.name, present: true }];
    case "drop-function":
      return [{ kind: "function", name: change.name, present: false }];
    case "detach-table":
      return [{ kind: "no-table", table: change.name }];
    case "attach-table":
    case "undrop-table":
      return [{ kind: "table", table: change.name, engine: null }];
    default:
      return [{ kind: "untold", rerun: "again" }];
  }
}

function undoOf({ change, sql }: HostIntent): Draft["undo"] {
  switch (change.kind) {
    case "rename-table":
      return { kind: "statement", sql: `RENAME TABLE ${quoted(change.to)} TO ${quoted(change.name)}`, note: null };
    case "exchange-tables":
      return { kind: "statement", sql, note: "the same statement changes them back" };
    default:
      return { kind: "forward-only", why: "what was there before is not kept" };
  }
}

/** Objects that name a table and that the migration does not drop or change. */
function leaningOn(context: PlanContext, name: string): readonly string[] {
  const leaning = new Set<string>();
  for (const { host, table } of [...context.inventory.over(name), ...context.inventory.into(name)])
    if (context.sim.exists(host, table.name)) leaning.add(table.name);
  for (const { host } of context.inventory.placed(name))
    for (const table of context.inventory.readers(host, name))
      if ((table.kind === "view" || table.kind === "materialized-view") && context.sim.exists(host, table.name)) leaning.add(table.name);
  const cared = new Set(
    context.intents.flatMap((intent) =>
      intent.kind === "drop"
        ? [intent.change.name]
        : intent.kind === "query"
          ? [intent.change.table]
          : intent.kind === "create" && intent.change.orReplace
            ? [intent.change.table.name]
            : [],
    ),
  );
  return [...leaning].filter((one) => !cared.has(one));
}

type Hosts = { readonly hosts: readonly string[] } | { readonly refused: string; readonly help: string };

function hostsFor(context: PlanContext, { change, cluster }: CreateIntent): Hosts {
  const { table } = change;
  const { inventory } = context;
  if (cluster !== null) return { hosts: hostsOfCluster(context, cluster) };
  const declared = inventory.topology.declared.find(({ name }) => name === table.name);
  if (declared !== undefined && declared.roles.length > 0) {
    const hosts = inventory.topology.hosts
      .filter(({ roles }) => roles.some((role) => declared.roles.includes(role)))
      .map(({ name }) => name);
    return hosts.length === 0
      ? {
          refused: `the cluster file gives it the roles ${list(declared.roles)}, and no host has one`,
          help: "correct the roles of the table or of the hosts",
        }
      : { hosts: hosts.filter((host) => inventory.hosts.includes(host)) };
  }
  if (table.kind === "materialized-view" && table.target !== null) {
    const source = table.select?.reads[0]?.table ?? null;
    const hosts = inventory.hosts.filter(
      (host) => context.sim.exists(host, table.target ?? "") && (source === null || context.sim.exists(host, source)),
    );
    return hosts.length === 0
      ? { refused: `no host holds both its source ${source ?? ""} and its target ${table.target}`, help: "create them first" }
      : { hosts };
  }
  const known = inventory.placed(table.name).map(({ host }) => host);
  if (known.length > 0 && change.orReplace) return { hosts: known };
  if (inventory.topology.clusters.length <= 1 || inventory.hosts.length === 1) return { hosts: inventory.hosts };
  const sets = new Set(
    inventory.topology.clusters.map(({ shards }) =>
      shards
        .flatMap(({ replicas }) => replicas)
        .toSorted()
        .join(" "),
    ),
  );
  return sets.size === 1
    ? { hosts: inventory.hosts }
    : {
        refused: `the topology has several clusters (${list(inventory.topology.clusters.map(({ name }) => name))}), and nothing says on which of them it belongs`,
        help: "give it roles in the cluster file, or write ON CLUSTER: the name is taken, the clause is left out of what runs",
      };
}

function hostsOfCluster(context: PlanContext, cluster: string | null): readonly string[] {
  const { inventory } = context;
  if (cluster === null) return inventory.hosts;
  const hosts = inventory.clusterHosts(resolved(context, cluster));
  return hosts === null ? inventory.hosts : inventory.hosts.filter((host) => hosts.includes(host));
}

/** `{cluster}` as the hosts' macros say it. */
function resolved({ inventory }: PlanContext, cluster: string | null): string {
  if (cluster === null) return "";
  return cluster.replaceAll(
    /\{(\w+)\}/g,
    (all, macro: string) => inventory.topology.hosts.find(({ macros }) => macros[macro] !== undefined)?.macros[macro] ?? all,
  );
}

function groupsByDatabase({ inventory }: PlanContext, hosts: readonly string[], table: Model): readonly ShardGroup[] {
  const shared = hosts.filter((host) => inventory.databaseEngine(host, table.database) === "Replicated");
  const rest = hosts
    .filter((host) => !shared.includes(host))
    .map((host) => ({ shard: inventory.shardOf(host), hosts: [host], replicated: false }));
  return shared.length === 0 ? rest : [{ shard: null, hosts: shared, replicated: true }, ...rest];
}

/**
 * The statement as every host takes it. Without ON CLUSTER each host would make a UUID of its own, and replicas with `{uuid}` in their
 * path would not find each other: one is given. A single server without Keeper keeps the rows of a Replicated table in a plain one.
 */
function sqlFor(context: PlanContext, { change, sql, from }: CreateIntent, single: boolean): string | null {
  const { table } = change;
  const [parsed] = parseScript(sql);
  const statement = parsed?.statement;
  if (statement === undefined || statement.kind !== "create-table" || table.engine?.replicated !== true) return sql;
  const engine = statement.storage?.engine ?? null;
  const keeper = context.inventory.topology.hosts.some((host) => host.keeper !== null);
  if (single && !keeper && engine !== null) {
    found(
      context,
      {
        rule: "not-here",
        severity: "info",
        message: `${table.name}: this installation is one server without Keeper, so ${engine.name} becomes ${table.engine.family}`,
        help: "the same rows, kept by one server",
      },
      from,
    );
    const args = table.engine.familyArgs.map((arg) => arg.sql);
    return `${sql.slice(0, engine.at.start)}${table.engine.family}${args.length === 0 ? "" : `(${args.join(", ")})`}${sql.slice(engine.at.end)}`;
  }
  const path = table.engine.args[0]?.constant?.kind === "string" ? table.engine.args[0].constant.text : null;
  if (statement.uuid !== null || (path !== null && !path.includes("{uuid}"))) return sql;
  const { end } = statement.name.at;
  return `${sql.slice(0, end)} UUID '${uuidOf(from, table.name)}'${sql.slice(end)}`;
}

/** The same on every host and at every run: made of the migration and the table. */
function uuidOf({ migration, statement }: StepOrigin, table: string): string {
  const hex = createHash("sha256").update(`${migration}\0${statement}\0${table}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function sameColumns(context: PlanContext, host: string, table: Model): boolean {
  const there = context.sim.columns(host, table.name);
  if (there === null || !table.columnsKnown || table.columns.length === 0) return true;
  return table.columns.every(({ name, type, typeKnown }) => there.has(name) && (!typeKnown || there.get(name)?.type === type.text));
}

function rankOfCreate(table: Model, replacing: boolean): number {
  if (replacing) return RANK.view;
  if (table.kind === "materialized-view" || table.kind === "refreshable-view") return RANK.createView;
  if (table.kind === "view") return RANK.createOther + 1;
  if (table.kind === "dictionary") return RANK.createOther;
  if (table.forwards?.kind === "distributed") return RANK.createRead;
  if (table.forwards !== null) return RANK.createWrite;
  return RANK.createLocal;
}

function roleOf(table: Model): Draft["role"] {
  if (table.kind === "dictionary") return "dictionary";
  if (table.kind !== "table") return "view";
  if (table.forwards?.kind === "distributed") return "read";
  if (table.forwards !== null) return "buffer";
  return table.engine !== null && /^(?:Kafka|RabbitMQ|NATS|S3Queue|AzureQueue|FileLog)$/.test(table.engine.name) ? "queue" : "local";
}

function roleOfCatalogue(kind: string): Draft["role"] {
  switch (kind) {
    case "distributed":
      return "read";
    case "materialized-view":
    case "view":
      return "view";
    case "queue":
      return "queue";
    case "dictionary":
      return "dictionary";
    case "local":
      return "local";
    default:
      return "other";
  }
}

function whyCreated(table: Model): string {
  if (table.kind === "materialized-view") return "its source, its target and everything behind it are there";
  if (table.forwards?.kind === "distributed") return "the table behind it is there on every shard";
  return "whatever reads or writes it comes later";
}

function stub(table: Model) {
  return {
    name: table.name,
    database: table.database,
    table: table.table,
    kind: "materialized-view",
    engine: "MaterializedView",
    engineFull: "",
    create: "",
    hidesSecrets: false,
    uuid: null,
    columns: [],
    sortingKey: "",
    primaryKey: "",
    partitionKey: "",
    samplingKey: "",
    replica: null,
    distributed: null,
    target: null,
    rows: null,
    bytes: null,
    comment: "",
  } as const;
}
