import { newColumns, renamedCreate } from "./queue-definition.ts";
import type { ColumnIntent } from "./columns.ts";
import { found, list, METADATA, RANK, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups } from "./family.ts";
import { quoted, quotedName } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { TableExpression } from "../../engines/clickhouse/parse/ast.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import type { Expectation, StepOrigin } from "../../model/clickhouse/cluster-plan.ts";
import { merged, requiredFor, type QueryIntent } from "./views.ts";
import { viewQueryOf, withOutputs, withoutOutputs, type ViewQuery } from "../../engines/clickhouse/graph/view-query.ts";

/** What a Kafka table (or another queue) is to become; it has no ALTER, so another one takes its place. */
export interface QueueChange {
  readonly name: string;
  readonly intents: readonly ColumnIntent[];
  /** A CREATE of the migration that replaces it: its columns count, its settings are the live ones. */
  readonly create: Omit<ClickHouseTable, "origin"> | null;
  readonly queries: readonly QueryIntent[];
  readonly from: StepOrigin;
}

/** Settings and named collections come from the live definition, never from the repository: environments differ. */
export function changeQueue(context: PlanContext, change: QueueChange): readonly Draft[] {
  const { name, from } = change;
  const placed = context.inventory.placed(name);
  const hidden = placed.filter(({ table }) => table.hidesSecrets);
  if (hidden.length > 0) {
    found(
      context,
      {
        rule: "secrets-hidden",
        severity: "error",
        message: `${name} must be made anew, and ${list(hidden.map(({ host }) => host))} hide its secrets ([HIDDEN]): it would be made with a wrong password`,
        help: "keep its settings in a named collection, or let this user see them (display_secrets_in_show_and_select, GRANT displaySecretsInShowAndSelect)",
      },
      from,
    );
    return [];
  }
  if (placed.length === 0) {
    found(context, { rule: "not-here", severity: "error", message: `no host holds ${name}`, help: "check its name" }, from);
    return [];
  }
  const plans = placed.flatMap((one) => {
    const columns = newColumns(context, one, change);
    return columns === null
      ? []
      : [{ ...one, create: columns.create, names: columns.names, views: viewsOf(context, one, change, columns.names) }];
  });
  const dropping = change.intents.some((intent) => intent.change.kind === "drop-column");
  const changed = plans.filter(({ create, table }) => create !== table.create);
  if (changed.length === 0) return [];
  const base = dropping ? RANK.queueContract : RANK.queue;
  return context.queues === "second" ? second(context, changed, change, base) : gap(context, changed, change, base);
}

interface QueuePlan extends Placed {
  /** CREATE TABLE as it will be, under its own name. */
  readonly create: string;
  /** Columns that it will have. */
  readonly names: readonly string[];
  readonly views: readonly { readonly table: CatalogueTable; readonly query: ViewQuery }[];
}

/** A second table of the same consumer group takes over, the old one goes, and the name comes back: rows flow all the time. */
function second(context: PlanContext, plans: readonly QueuePlan[], change: QueueChange, rank: number): readonly Draft[] {
  const next = `${change.name}__next`;
  const views = [...new Set(plans.flatMap(({ views }) => views.map(({ table }) => table.name)))];
  const make = steps(context, change);
  return [
    make(
      rank,
      next,
      "queue",
      plans,
      (plan) => ({ sql: renamedCreate(plan.create, next), expects: [{ kind: "table", table: next, engine: plan.table.engine }] }),
      `a second table of the same consumer group, with ${list(changesOf(change))}`,
      "it shares the partitions with the old one: no row is read twice, none is left out",
    ),
    ...views.map((view) =>
      make(
        rank + 1,
        `${view}__next`,
        "view",
        withView(plans, view),
        (plan) => viewCreate(plan, view, `${view}__next`, next),
        `feeds ${targetOf(plans, view)} from ${next}`,
        "rows of the second table arrive before the first one goes",
      ),
    ),
    ...views.map((view) =>
      make(rank + 2, view, "view", withView(plans, view), () => dropped(view), "is dropped", `its place is taken by ${view}__next`),
    ),
    make(
      rank + 3,
      change.name,
      "queue",
      plans,
      () => dropped(change.name),
      "is dropped",
      `nothing reads it any more; its offsets lie in the consumer group, where ${next} goes on`,
    ),
    make(
      rank + 4,
      change.name,
      "queue",
      plans,
      (plan) => ({ sql: plan.create, expects: [{ kind: "table", table: change.name, engine: plan.table.engine }] }),
      "is made again under its own name",
      "so that the next migration finds it where it was",
    ),
    ...views.map((view) =>
      make(
        rank + 5,
        view,
        "view",
        withView(plans, view),
        (plan) => viewCreate(plan, view, view, change.name),
        `feeds ${targetOf(plans, view)} again`,
        "rows of both arrive while the second one goes",
      ),
    ),
    ...views.map((view) =>
      make(rank + 6, `${view}__next`, "view", withView(plans, view), () => dropped(`${view}__next`), "is dropped", `${view} is back`),
    ),
    make(rank + 7, next, "queue", plans, () => dropped(next), "is dropped", `${change.name} is back`),
  ];
}

/** Fewer steps, and nothing is consumed between the first and the last: it waits in the queue. */
function gap(context: PlanContext, plans: readonly QueuePlan[], change: QueueChange, rank: number): readonly Draft[] {
  const views = [...new Set(plans.flatMap(({ views }) => views.map(({ table }) => table.name)))];
  const make = steps(context, change);
  found(
    context,
    {
      rule: "consumption-gap",
      severity: "warning",
      message: `between the drop of ${list(views)} and its return nothing is consumed on that host (four statements, about ${4 * METADATA.milliseconds} ms); rows wait in the queue`,
      help: "leave out --queue-gap: a second table of the same consumer group takes over without one",
    },
    change.from,
  );
  return [
    ...views.map((view) =>
      make(
        rank,
        view,
        "view",
        withView(plans, view),
        () => dropped(view),
        "is dropped: consumption stops here",
        "a queue cannot be altered, and its view must go first",
      ),
    ),
    make(rank + 1, change.name, "queue", plans, () => dropped(change.name), "is dropped", "offsets lie in the consumer group"),
    make(
      rank + 2,
      change.name,
      "queue",
      plans,
      (plan) => ({ sql: plan.create, expects: [{ kind: "table", table: change.name, engine: plan.table.engine }] }),
      `is made again with ${list(changesOf(change))}`,
      "settings are those that were live",
    ),
    ...views.map((view) =>
      make(
        rank + 3,
        view,
        "view",
        withView(plans, view),
        (plan) => viewCreate(plan, view, view, change.name),
        "is made again: consumption goes on",
        "everything behind it has the columns",
      ),
    ),
  ];
}

type Made = { readonly sql: string; readonly expects: readonly Expectation[] };

function steps(context: PlanContext, change: QueueChange) {
  return (
    rank: number,
    object: string,
    role: "queue" | "view",
    plans: readonly QueuePlan[],
    make: (plan: QueuePlan) => Made | null,
    effect: string,
    why: string,
  ): Draft => {
    const byHost = new Map(plans.map((plan) => [plan.host, plan]));
    const requires =
      role === "view" && !effect.startsWith("is dropped")
        ? merged(
            plans.flatMap((plan) =>
              plan.views
                .filter(({ table }) => object === table.name || object === `${table.name}__next`)
                .flatMap(({ table, query }) => requiredFor(context, { host: plan.host, table }, { ...query, source: null }, change.from)),
            ),
          )
        : [];
    return {
      rank,
      phase: rank < RANK.viewContract ? "expand" : "contract",
      role,
      object,
      action: {
        kind: "statement",
        runs: runsOf(hostGroups(plans, context.inventory), ({ hosts: [host] }) => {
          const plan = byHost.get(host ?? "");
          return plan === undefined ? null : make(plan);
        }),
      },
      requires,
      effect,
      why,
      undo: { kind: "forward-only", why: "the plan goes on to the end: both tables read the same consumer group" },
      work: METADATA,
      from: change.from,
      recovery: [],
    };
  };
}

function withView(plans: readonly QueuePlan[], view: string): readonly QueuePlan[] {
  return plans.filter(({ views }) => views.some(({ table }) => table.name === view));
}

function targetOf(plans: readonly QueuePlan[], view: string): string {
  return plans.flatMap(({ views }) => views).find(({ table }) => table.name === view)?.table.target ?? "";
}

function dropped(name: string): Made {
  return { sql: `DROP TABLE ${quoted(name)} SYNC`, expects: [{ kind: "no-table", table: name }] };
}

function changesOf({ intents, create }: QueueChange): readonly string[] {
  const named = intents.flatMap(({ change }) =>
    change.kind === "add-column" ? [change.column.name] : change.kind === "drop-column" ? [`no ${change.column}`] : [],
  );
  return named.length > 0 || create === null ? named : ["the columns of the migration"];
}

/** Views fed by the queue on one host, with the query that they will have. */
function viewsOf(context: PlanContext, { host, table }: Placed, change: QueueChange, names: readonly string[]): QueuePlan["views"] {
  const fed = context.inventory
    .readers(host, table.name)
    .filter((one) => one.kind === "materialized-view" && context.inventory.query(one)?.source === table.name);
  return fed.flatMap((view) => {
    const live = context.sim.query(host, view.name);
    const wanted = change.queries.find((intent) => intent.change.table === view.name);
    if (wanted !== undefined) {
      const query = viewQueryOf(wanted.sql, view.database);
      return query === null ? [] : [{ table: view, query }];
    }
    if (live === null) return [];
    let sql = live.sql;
    const gone = (live.outputs ?? []).filter((output) => table.columns.some(({ name }) => name === output) && !names.includes(output));
    const target = view.target === null ? null : context.sim.columns(host, view.target);
    const come = names.filter(
      (name) =>
        !table.columns.some((column) => column.name === name) && live.outputs?.includes(name) === false && target?.has(name) === true,
    );
    for (const edited of [
      gone.length === 0 ? null : withoutOutputs(sql, gone),
      come.length === 0 ? null : withOutputs(sql, come.map(quotedName)),
    ]) {
      if (edited === null) continue;
      if ("refused" in edited) {
        found(
          context,
          {
            rule: "view-in-the-way",
            severity: "error",
            message: `${view.name} reads ${table.name}, and its query cannot be changed to fit: ${edited.refused}`,
            help: `add ALTER TABLE ${quoted(view.name)} MODIFY QUERY … to the migration`,
          },
          change.from,
        );
        return [];
      }
      sql = edited.sql;
    }
    const query = viewQueryOf(sql, view.database);
    return query === null ? [] : [{ table: view, query }];
  });
}

/** The view's CREATE under a name and over a source; its own settings and target stay. */
function viewCreate(plan: QueuePlan, view: string, as: string, source: string): Made | null {
  const found = plan.views.find(({ table }) => table.name === view);
  if (found === undefined) return null;
  const { table, query } = found;
  const select = source === plan.table.name ? query.sql : overSource(query, plan.table.name, source);
  const fingerprint = viewQueryOf(select, table.database);
  return {
    sql: `CREATE MATERIALIZED VIEW ${quoted(as)} TO ${quoted(table.target ?? "")} AS ${select}`,
    expects: [
      { kind: "table", table: as, engine: "MaterializedView" },
      ...(fingerprint === null ? [] : [{ kind: "query", view: as, outputs: fingerprint.outputs, fingerprint: "" } as const]),
    ],
  };
}

/** The query with every mention of a table in FROM taken to another one, which answers to the old name inside the query. */
function overSource(query: ViewQuery, from: string, to: string): string {
  const [parsed] = parseScript(query.sql);
  const at: { readonly start: number; readonly end: number; readonly named: boolean }[] = [];
  const bare = from.slice(from.indexOf(".") + 1);
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const one = node as Partial<TableExpression>;
    if (one.source?.kind === "table" && one.source.name.name.text === bare) at.push({ ...one.source.name.at, named: one.alias != null });
    Object.values(node).forEach(walk);
  };
  walk(parsed?.statement);
  let sql = query.sql;
  for (const { start, end, named } of at.toSorted((a, b) => b.start - a.start))
    sql = `${sql.slice(0, start)}${quoted(to)}${named ? "" : ` AS ${quotedName(bare)}`}${sql.slice(end)}`;
  return sql;
}
