import { found, list, type PlanContext } from "./context.ts";
import type { CreateIntent } from "./create-object.ts";
import type { Intent } from "./intents.ts";
import type { QueueChange } from "./queues.ts";

export interface Settled {
  readonly intents: readonly Intent[];
  readonly queues: readonly QueueChange[];
}

/**
 * DROP and CREATE of the same name in one migration is how a queue or a view is changed by hand. The walk knows better ways: a queue gets
 * a second table, a materialized view another query; what would lose rows is refused.
 */
export function settleRecreations(context: PlanContext, all: readonly Intent[]): Settled {
  const recreated = new Map<string, CreateIntent>();
  const dropped = new Set<string>();
  for (const intent of all) {
    if (intent.kind === "drop") dropped.add(intent.change.name);
    else if (
      intent.kind === "create" &&
      (dropped.has(intent.change.table.name) || (intent.change.orReplace && kindOf(context, intent) === "queue"))
    )
      recreated.set(intent.change.table.name, intent);
  }
  const kept: Intent[] = [];
  const queues = new Map<string, QueueChange>();
  const onQueue = (name: string, from: Intent["from"]): QueueChange =>
    queues.get(name) ?? { name, intents: [], create: null, queries: [], from };
  for (const intent of all) {
    const name = intent.kind === "create" ? intent.change.table.name : intent.kind === "drop" ? intent.change.name : null;
    const created = name === null ? undefined : recreated.get(name);
    if (name !== null && created !== undefined) {
      if (intent !== created) continue;
      const settled = recreation(context, created);
      if (settled === "queue") queues.set(name, { ...onQueue(name, created.from), create: created.change.table });
      else if (settled !== null) kept.push(settled);
      continue;
    }
    if (intent.kind === "column" && context.inventory.placed(intent.change.table).some(({ table }) => table.kind === "queue")) {
      const queue = onQueue(intent.change.table, intent.from);
      queues.set(queue.name, { ...queue, intents: [...queue.intents, intent] });
      continue;
    }
    kept.push(intent);
  }
  // The queries of views that a changing queue feeds are given with the view's new CREATE, not by an ALTER of its own.
  const fed = new Map<string, string>();
  for (const queue of queues.values())
    for (const { host } of context.inventory.placed(queue.name))
      for (const view of context.inventory.readers(host, queue.name)) if (view.kind === "materialized-view") fed.set(view.name, queue.name);
  const rest: Intent[] = [];
  for (const intent of kept) {
    const queue = intent.kind === "query" ? queues.get(fed.get(intent.change.table) ?? "") : undefined;
    if (queue !== undefined && intent.kind === "query") queues.set(queue.name, { ...queue, queries: [...queue.queries, intent] });
    else rest.push(intent);
  }
  return { intents: rest, queues: [...queues.values()] };
}

function kindOf({ inventory }: PlanContext, { change }: CreateIntent): string | null {
  return inventory.placed(change.table.name)[0]?.table.kind ?? null;
}

function recreation(context: PlanContext, intent: CreateIntent): Intent | "queue" | null {
  const { table } = intent.change;
  const placed = context.inventory.placed(table.name);
  const [there] = placed;
  // Nothing is there to be recreated: it is made.
  if (there === undefined) return intent;
  switch (there.table.kind) {
    case "queue":
      return "queue";
    case "materialized-view": {
      const source = context.inventory.query(there.table)?.source ?? null;
      const sameWay = table.target === there.table.target && table.select !== null && table.select.reads[0]?.table === source;
      if (sameWay && table.select !== null)
        return {
          kind: "query",
          from: intent.from,
          cluster: intent.cluster,
          sql: table.select.sql,
          database: intent.database,
          change: {
            kind: "modify-query",
            span: intent.change.span,
            cluster: intent.change.cluster,
            table: table.name,
            select: table.select,
          },
        };
      found(
        context,
        {
          rule: "consumption-gap",
          severity: "error",
          message: `${table.name} would be dropped and made anew with another source or target: what is inserted in between does not pass it`,
          help: "make the new view under another name first, then drop this one in a later statement",
        },
        intent.from,
      );
      return null;
    }
    case "view":
      return {
        ...intent,
        sql: intent.sql.replace(/^\s*CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?/i, "CREATE OR REPLACE VIEW "),
        change: { ...intent.change, orReplace: true },
      };
    case "dictionary":
      return {
        ...intent,
        sql: intent.sql.replace(
          /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?DICTIONARY\s+(?:IF\s+NOT\s+EXISTS\s+)?/i,
          "CREATE OR REPLACE DICTIONARY ",
        ),
        change: { ...intent.change, orReplace: true },
      };
    case "distributed":
      found(
        context,
        {
          rule: "rows-would-go",
          severity: "error",
          message: `${table.name} would be dropped and made anew on ${list(placed.map(({ host }) => host))}: rows in its queue go with it (measured: 10 of 10)`,
          help: "ALTER TABLE … ADD COLUMN or DROP COLUMN changes a Distributed table in place",
        },
        intent.from,
      );
      return null;
    case "local":
    case "forwarding":
    case "external":
      found(
        context,
        {
          rule: "rows-would-go",
          severity: "error",
          message: `${table.name} would be dropped and made anew: its rows would be gone`,
          help: "create it under another name, copy, and exchange the two",
        },
        intent.from,
      );
      return null;
    default:
      return there.table.kind satisfies never;
  }
}
