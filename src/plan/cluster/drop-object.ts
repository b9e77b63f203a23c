import { found, list, METADATA, NO_WORK, RANK, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups } from "./family.ts";
import { quoted, type Intent } from "./intents.ts";

type DropIntent = Intent & { readonly kind: "drop" };

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

/** Objects that name a table and that the migration does not drop or change. */
export function leaningOn(context: PlanContext, name: string): readonly string[] {
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
