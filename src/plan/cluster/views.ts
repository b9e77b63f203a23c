import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import type { ColumnIntent } from "./columns.ts";
import { byName, found, list, METADATA, RANK, runsOf, type Draft, type PlanContext } from "./context.ts";
import { hostGroups, type Family } from "./family.ts";
import { quoted, quotedName, type Intent } from "./intents.ts";
import type { Placed } from "./inventory.ts";
import type { Requirement, StepOrigin } from "../../model/clickhouse/cluster-plan.ts";
import {
  viewFingerprint,
  viewQueryOf,
  withOutputRenamed,
  withoutOutputs,
  withOutputs,
  type ViewQuery,
} from "../../engines/clickhouse/graph/view-query.ts";

export type QueryIntent = Intent & { readonly kind: "query" };

/** Views whose source already has a new column of the family under the same name: their query carries it on. */
export function addOutputs(
  context: PlanContext,
  family: Family,
  intents: readonly ColumnIntent[],
  /** Queues that are made anew, and their views with them. */
  queues: ReadonlySet<string>,
): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const [view, placed] of byName(family.feeders)) {
    if (context.intents.some((intent) => intentAbout(intent, view))) continue;
    for (const { change, from } of intents) {
      if (change.kind !== "add-column" || (change.column.default !== null && change.column.default.kind !== "DEFAULT")) continue;
      const { name } = change.column;
      const lacking = placed.filter(({ host }) => {
        const query = context.sim.query(host, view);
        return query !== null && query.outputs?.includes(name) === false;
      });
      const [first] = lacking;
      if (first === undefined) continue;
      const query = context.sim.query(first.host, view);
      const source = query?.source ?? null;
      if (source !== null && queues.has(source)) continue;
      const carries = (one: Placed): boolean => source !== null && context.sim.columns(one.host, source)?.has(name) === true;
      const edited = query === null ? null : withOutputs(query.sql, [quotedName(name)]);
      if (!lacking.every(carries) || edited === null || "refused" in edited) {
        const why =
          source === null || edited === null ? "" : "refused" in edited ? ` (${edited.refused})` : `: ${source} has no such column`;
        found(
          context,
          {
            rule: "view-does-not-carry",
            severity: "info",
            message: `rows that come through ${view} get the default of ${name}${why}`,
            help: `if they should carry it: ALTER TABLE ${quoted(view)} MODIFY QUERY … in the migration${source !== null && lacking.some((one) => context.inventory.at(one.host, source)?.kind === "queue") ? `, and ALTER TABLE ${quoted(source)} ADD COLUMN … for the queue` : ""}`,
          },
          from,
        );
        continue;
      }
      const draft = modify(
        context,
        lacking,
        view,
        edited.sql,
        databaseOf(view),
        null,
        "expand",
        `carries ${name} on`,
        `${source ?? ""} has ${name} already, and the target has it now`,
      );
      if (draft !== null) drafts.push(draft);
    }
  }
  return drafts;
}

/** Views that send columns which are going: their query leaves them out. */
export function dropOutputs(
  context: PlanContext,
  family: Family,
  columns: readonly string[],
  intents: readonly ColumnIntent[],
): readonly Draft[] {
  const drafts: Draft[] = [];
  const from = intents[0]?.from ?? null;
  for (const [view, placed] of byName(family.feeders)) {
    const naming = placed.filter(({ host }) => context.sim.query(host, view)?.outputs?.some((name) => columns.includes(name)) === true);
    const unclear = placed.filter(({ host }) => context.sim.query(host, view)?.outputs === null);
    if (unclear.length > 0)
      found(
        context,
        {
          rule: "view-does-not-carry",
          severity: "info",
          message: `${view} selects with a star: once its target lacks ${list(columns)}, their values are left out silently`,
          help: "nothing to do; an explicit list of columns would say so",
        },
        from,
      );
    const [first] = naming;
    if (first === undefined || context.intents.some((intent) => intent.kind === "drop" && intent.change.name === view)) continue;
    const query = context.sim.query(first.host, view);
    const edited = query === null ? { refused: "its query could not be read" } : withoutOutputs(query.sql, columns);
    if ("refused" in edited) {
      found(
        context,
        {
          rule: "view-in-the-way",
          severity: "error",
          message: `${view} sends ${list(columns)} to ${first.table.target ?? ""}, and its query cannot be changed by leaving them out: ${edited.refused}`,
          help: `add ALTER TABLE ${quoted(view)} MODIFY QUERY … without them to the migration`,
        },
        from,
      );
      continue;
    }
    const why = "it sends values of the column: it stops before anything behind it changes";
    const draft = modify(context, naming, view, edited.sql, databaseOf(view), null, "contract", `stops sending ${list(columns)}`, why);
    if (draft !== null) drafts.push(draft);
  }
  return drafts;
}

/** Views that send a column under its old name send it under the new one. */
export function renameOutputs(context: PlanContext, family: Family, column: string, to: string, from: StepOrigin): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const [view, placed] of byName(family.feeders)) {
    if (context.intents.some((intent) => intentAbout(intent, view))) continue;
    const naming = placed.filter(({ host }) => context.sim.query(host, view)?.outputs?.includes(column) === true);
    const [first] = naming;
    const query = first === undefined ? null : context.sim.query(first.host, view);
    if (query === null) continue;
    const edited = withOutputRenamed(query.sql, column, to);
    if ("refused" in edited) {
      found(
        context,
        {
          rule: "view-in-the-way",
          severity: "error",
          message: `${view} sends ${column}, and its query cannot be changed to say ${to}: ${edited.refused}`,
          help: `add ALTER TABLE ${quoted(view)} MODIFY QUERY … to the migration`,
        },
        from,
      );
      continue;
    }
    const why = `every table behind it has ${to}, with the values of ${column}`;
    const draft = modify(context, naming, view, edited.sql, databaseOf(view), null, "contract", `sends ${column} as ${to}`, why);
    if (draft !== null) drafts.push(draft);
  }
  return drafts;
}

/** MODIFY QUERY as the migration says it, on every host that has the view. */
export function changeQuery(context: PlanContext, intent: QueryIntent): readonly Draft[] {
  const view = intent.change.table;
  const placed = context.inventory.placed(view);
  if (placed.length === 0) {
    found(
      context,
      {
        rule: "not-here",
        severity: "error",
        message: `no host holds the view ${view}`,
        help: "check its name, and that every cluster it stands on is named",
      },
      intent.from,
    );
    return [];
  }
  const draft = modify(
    context,
    placed,
    view,
    intent.sql,
    intent.database,
    intent.from,
    "expand",
    "changes the query",
    "its source and every table behind it have what the query needs",
  );
  return draft === null ? [] : [draft];
}

function modify(
  context: PlanContext,
  placed: readonly Placed[],
  view: string,
  sql: string,
  database: string,
  from: StepOrigin | null,
  phase: Draft["phase"],
  effect: string,
  why: string,
): Draft | null {
  const query = viewQueryOf(sql, database);
  if (query === null) {
    found(
      context,
      { rule: "cannot-plan", severity: "error", message: `the query of ${view} could not be read`, help: "write it as one SELECT" },
      from,
    );
    return null;
  }
  const before = placed.map(({ host }) => context.sim.query(host, view)).find((one) => one !== null) ?? null;
  const due = placed.filter(({ host }) => {
    const own = context.sim.query(host, view);
    return own === null || viewFingerprint(own) !== viewFingerprint(query);
  });
  const requires = due.flatMap((one) => requiredFor(context, one, query, from));
  const runs = runsOf(hostGroups(due, context.inventory), () => ({
    sql: `ALTER TABLE ${quoted(view)} MODIFY QUERY ${query.sql}`,
    database,
    expects: [{ kind: "query", view, outputs: query.outputs, fingerprint: viewFingerprint(query) }],
  }));
  for (const { host } of due) context.sim.setQuery(host, view, query);
  if (runs.length === 0) return null;
  return {
    rank: phase === "contract" ? RANK.viewContract : RANK.view,
    phase,
    role: "view",
    object: view,
    action: { kind: "statement", runs },
    requires: merged(requires),
    effect,
    why,
    undo:
      before === null
        ? { kind: "forward-only", why: "the query before is not known" }
        : { kind: "statement", sql: `ALTER TABLE ${quoted(view)} MODIFY QUERY ${before.sql}`, note: null },
    work: METADATA,
    from,
    recovery: [],
  };
}

/** Every output must exist in the target and behind it on every host; without that, its values are dropped silently. */
export function requiredFor(
  context: PlanContext,
  { host, table }: { readonly host: string; readonly table: Pick<CatalogueTable, "name" | "target"> },
  query: ViewQuery,
  from: StepOrigin | null,
): readonly Requirement[] {
  const requires: Requirement[] = [];
  const because = "MODIFY QUERY is accepted all the same, and the values of an output that the target lacks are dropped silently";
  const { target } = table;
  if (target !== null && query.outputs !== null) {
    const outputs = query.outputs;
    const check = (hosts: readonly string[], name: string): void => {
      const lacking = hosts.flatMap((one) => {
        const columns = context.sim.columns(one, name);
        return columns === null ? [] : outputs.filter((column) => !columns.has(column)).map((column) => `${column} on ${one}`);
      });
      if (lacking.length > 0)
        found(
          context,
          {
            rule: "forgotten-companion",
            severity: "error",
            message: `${table.name} would give columns that ${name} lacks: ${list(lacking)}; their values would be dropped silently`,
            help: `add them to ${name} in the same migration (ALTER TABLE ${quoted(name)} ADD COLUMN …)`,
          },
          from,
        );
      requires.push({ kind: "column-on", hosts, table: name, columns: outputs, because });
    };
    check([host], target);
    const distributed = context.inventory.at(host, target)?.distributed ?? null;
    if (distributed !== null) {
      const hosts = (context.inventory.clusterHosts(distributed.clusterResolved) ?? context.inventory.hosts).filter((one) =>
        context.sim.exists(one, distributed.over),
      );
      check(hosts, distributed.over);
    }
  }
  if (query.source !== null) {
    const source = context.sim.columns(host, query.source);
    const needed = [...(query.reads.find((read) => read.table === query.source)?.columns ?? [])];
    // Virtual columns of queues begin with an underscore.
    const known = needed.filter((column) => source === null || source.has(column) || !column.startsWith("_"));
    const lacking = source === null ? [] : known.filter((column) => !source.has(column) && !column.includes("."));
    if (lacking.length > 0)
      found(
        context,
        {
          rule: "forgotten-companion",
          severity: "error",
          message: `${table.name} would read ${list(lacking)}, which ${query.source} on ${host} lacks: the server answers 47`,
          help: `add it to ${query.source} in the same migration: ALTER TABLE ${quoted(query.source)} ADD COLUMN …`,
        },
        from,
      );
    if (known.length > 0)
      requires.push({
        kind: "column-on",
        hosts: [host],
        table: query.source,
        columns: known,
        because: "the query reads it, and without it the server answers 47",
      });
  }
  return requires;
}

/** One requirement per table and columns, for all hosts. */
export function merged(requires: readonly Requirement[]): readonly Requirement[] {
  const all = new Map<string, Requirement>();
  for (const one of requires) {
    if (one.kind === "queue-empty") {
      all.set(`queue ${all.size}`, one);
      continue;
    }
    const { hosts, ...rest } = one;
    const key = JSON.stringify(rest);
    const known = all.get(key);
    if (known === undefined || known.kind === "queue-empty") all.set(key, one);
    else all.set(key, { ...known, hosts: [...new Set([...known.hosts, ...hosts])] });
  }
  return [...all.values()];
}

function databaseOf(name: string): string {
  return name.slice(0, name.indexOf("."));
}

function intentAbout(intent: Intent, view: string): boolean {
  return (
    (intent.kind === "query" && intent.change.table === view) ||
    (intent.kind === "create" && intent.change.table.name === view) ||
    (intent.kind === "drop" && intent.change.name === view)
  );
}
