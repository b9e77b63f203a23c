import type { Expectation } from "../../model/clickhouse/cluster-plan.ts";
import { hostsOfCluster } from "./cluster-name.ts";
import { found, list, METADATA, NO_WORK, RANK, runsOf, type Draft, type PlanContext } from "./context.ts";
import { leaningOn } from "./drop-object.ts";
import { groupsOf, hostGroups, type ShardGroup } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";

type HostIntent = Intent & { readonly kind: "host" };

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
