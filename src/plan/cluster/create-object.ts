import { createHash } from "node:crypto";
import { viewQueryOf } from "../../engines/clickhouse/graph/view-query.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { Requirement, StepOrigin } from "../../model/clickhouse/cluster-plan.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import { hostsOfCluster, resolved } from "./cluster-name.ts";
import { found, list, METADATA, RANK, runsOf, type Draft, type PlanContext, type SimColumn } from "./context.ts";
import type { ShardGroup } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";
import { merged, requiredFor } from "./views.ts";

export type CreateIntent = Intent & { readonly kind: "create" };
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
    for (const host of due) requires.push(...requiredFor(context, { host, table: { name: table.name, target: table.target } }, view, from));
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

function whyCreated(table: Model): string {
  if (table.kind === "materialized-view") return "its source, its target and everything behind it are there";
  if (table.forwards?.kind === "distributed") return "the table behind it is there on every shard";
  return "whatever reads or writes it comes later";
}
