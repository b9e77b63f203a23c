import { viewFingerprint, viewQueryOf } from "../../engines/clickhouse/graph/view-query.ts";
import type { ClusterPlan, Expectation } from "../../model/clickhouse/cluster-plan.ts";
import { hasKeys, readTables, type TableNow } from "./catalogue.ts";
import type { WalkHost } from "./host.ts";
import type { WalkEvent } from "./ledger.ts";

/** How far a host is, by its catalogue alone: the plan says how it looks after each of its steps. */
export interface Position {
  readonly host: string;
  /** Number of the last step after which the host looks as it does now; 0: none. Null: it looks like none of them. */
  readonly step: number | null;
  /** Of null: what is different from the nearest state. */
  readonly drift: string | null;
}

/** A table as the plan foresees it. */
type Foreseen =
  | { readonly kind: "absent" }
  /** Columns by name; a type that the plan does not say is null. */
  | { readonly kind: "columns"; readonly columns: ReadonlyMap<string, string | null> }
  /** It is there; its columns are not foreseen. */
  | { readonly kind: "there" };

interface State {
  readonly step: number;
  readonly tables: ReadonlyMap<string, Foreseen>;
  /** Views whose query is foreseen, by fingerprint. */
  readonly queries: ReadonlyMap<string, { readonly fingerprint: string; readonly since: number }>;
  /** Tables whose key changes. */
  readonly keys: ReadonlyMap<string, Keys>;
}

type Keys = Extract<Expectation, { kind: "key" }>;

/** @throws HostTrouble */
export async function positionOf(host: WalkHost, plan: ClusterPlan, events: readonly WalkEvent[]): Promise<Position> {
  const states = statesOf(plan, host.name);
  const names = new Set(states.flatMap(({ tables, queries }) => [...tables.keys(), ...queries.keys()]));
  const now = await readTables(host, names);
  const done = new Set(events.flatMap(({ step, state, host: on }) => (state === "done" && on === host.name ? [step] : [])));
  for (const state of states.toReversed())
    if (differenceOf(state, now, done) === null) return { host: host.name, step: state.step, drift: null };
  const differences = states.map((state) => differenceOf(state, now, done)).filter((one) => one !== null);
  return { host: host.name, step: null, drift: differences.at(0) ?? "nothing to compare with" };
}

/** The plan as states of one host: how it was, and how it looks after each step that changes what its catalogue says. */
function statesOf(plan: ClusterPlan, host: string): readonly State[] {
  const tables = new Map<string, Foreseen>();
  for (const one of plan.before) {
    if (one.host !== host) continue;
    tables.set(
      one.object,
      one.columns === null
        ? { kind: "absent" }
        : {
            kind: "columns",
            columns: new Map(
              one.columns.map((column) => {
                const blank = column.indexOf(" ");
                return [column.slice(0, blank), column.slice(blank + 1)] as const;
              }),
            ),
          },
    );
  }
  // What a view gives is its query; its own list of columns may lag behind.
  for (const { role, object } of plan.steps)
    if (role === "view" && object !== null && tables.get(object)?.kind === "columns") tables.set(object, { kind: "there" });
  const queries = new Map<string, { fingerprint: string; since: number }>();
  const keys = new Map<string, Keys>();
  // What changes its key had the one before until then; a table that is only made has none.
  for (const { action } of plan.steps)
    if (action.kind === "statement")
      for (const { expects, seenOn } of action.runs)
        for (const one of expects) if (one.kind === "key" && !one.is && seenOn.includes(host)) keys.set(one.table, { ...one, is: true });
  const states: State[] = [{ step: 0, tables: new Map(tables), queries: new Map(), keys: new Map(keys) }];
  for (const { number, action } of plan.steps) {
    if (action.kind !== "statement") continue;
    const runs = action.runs.filter(({ seenOn }) => seenOn.includes(host));
    let told = false;
    for (const { expects } of runs) for (const one of expects) told = foresee(one, number, { tables, queries, keys }) || told;
    if (told) states.push({ step: number, tables: new Map(tables), queries: new Map(queries), keys: new Map(keys) });
  }
  return states;
}

/** @returns whether the catalogue tells it: a step after which everything looks as before it leaves no trace there */
function foresee(
  one: Expectation,
  step: number,
  {
    tables,
    queries,
    keys,
  }: {
    readonly tables: Map<string, Foreseen>;
    readonly queries: Map<string, { fingerprint: string; since: number }>;
    readonly keys: Map<string, Keys>;
  },
): boolean {
  switch (one.kind) {
    case "column": {
      const known = tables.get(one.table);
      if (known?.kind !== "columns") return false;
      const type = known.columns.get(one.column);
      if (type !== undefined && (one.type === null || type === one.type)) return false;
      tables.set(one.table, { kind: "columns", columns: new Map(known.columns).set(one.column, one.type ?? type ?? null) });
      return true;
    }
    case "no-column": {
      const known = tables.get(one.table);
      if (known?.kind !== "columns" || !known.columns.has(one.column)) return false;
      const columns = new Map(known.columns);
      columns.delete(one.column);
      tables.set(one.table, { kind: "columns", columns });
      return true;
    }
    case "table": {
      const known = tables.get(one.table);
      if (known !== undefined && known.kind !== "absent") return false;
      tables.set(one.table, { kind: "there" });
      return true;
    }
    case "no-table": {
      if (tables.get(one.table)?.kind === "absent") return false;
      tables.set(one.table, { kind: "absent" });
      queries.delete(one.table);
      keys.delete(one.table);
      return true;
    }
    case "query":
      if (one.fingerprint === "") return false;
      queries.set(one.view, { fingerprint: one.fingerprint, since: step });
      return true;
    case "key":
      keys.set(one.table, one);
      return true;
    case "database":
    case "function":
    case "index":
    case "projection":
    case "constraint":
    case "mutation":
    case "uuid":
    case "untold":
      return false;
    default:
      return one satisfies never;
  }
}

function differenceOf({ tables, queries, keys }: State, now: ReadonlyMap<string, TableNow>, done: ReadonlySet<number>): string | null {
  for (const [name, foreseen] of tables) {
    const there = now.get(name);
    if (foreseen.kind === "absent") {
      if (there !== undefined) return `${name} exists, and was not there when the plan was made`;
      continue;
    }
    if (there === undefined) return `${name} does not exist any more`;
    if (foreseen.kind === "there") continue;
    for (const [column, type] of foreseen.columns) {
      const own = there.columns.get(column);
      if (own === undefined) return `${name} lacks ${column}`;
      if (type !== null && own.type !== type) return `${name} has ${column} as ${own.type}, and the plan knows it as ${type}`;
    }
    for (const column of there.columns.keys())
      if (!foreseen.columns.has(column)) return `${name} has ${column}, which the plan does not know`;
  }
  for (const [name, foreseen] of keys) {
    const there = now.get(name);
    if (there === undefined || hasKeys(there, foreseen) !== foreseen.is)
      return there === undefined
        ? `${name} does not exist any more`
        : `${name} is sorted by ${there.sortingKey} and partitioned by ${there.partitionKey}`;
  }
  for (const [view, { fingerprint, since }] of queries) {
    // The server may write the query in its own way: then only the ledger tells, and where it does not, the statement is sent again.
    if (done.has(since)) continue;
    const query = viewQueryOf(now.get(view)?.create ?? "", view.slice(0, view.indexOf(".")));
    if (query === null || viewFingerprint(query) !== fingerprint) return `${view} has another query`;
  }
  return null;
}
