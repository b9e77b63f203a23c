import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Inventory, Placed } from "./inventory.ts";
import type { ColumnChange, Intent } from "./intents.ts";
import type { ClusterStep, PlanFinding, StepOrigin, StepRun } from "../../model/clickhouse/cluster-plan.ts";
import type { ShardGroup } from "./family.ts";
import type { ViewQuery } from "../../engines/clickhouse/graph/view-query.ts";

/** A step before it has its number. Lower ranks run first within a wave; equal ones in the order in which they were made. */
export interface Draft extends Omit<ClusterStep, "number"> {
  readonly rank: number;
}

/** Where a step stands within a wave. What is added comes before what is taken away. */
export const RANK = {
  database: 10,
  createLocal: 12,
  local: 20,
  localProperty: 22,
  buffer: 25,
  createRead: 28,
  read: 30,
  createWrite: 38,
  write: 40,
  /** A Buffer over a Distributed table: what that lacks is dropped when it flushes. */
  bufferOver: 42,
  createOther: 45,
  /** A Null table that views read: as late as can be, because until they select a column its values are gone. */
  source: 48,
  view: 50,
  queue: 60,
  createView: 70,
  fill: 80,
  swap: 90,
  viewContract: 110,
  queueContract: 120,
  bufferContract: 125,
  writeContract: 130,
  flush: 140,
  readContract: 150,
  wait: 160,
  localContract: 170,
  drop: 180,
} as const;

export interface PlanContext {
  readonly inventory: Inventory;
  readonly state: ClickHouseState;
  readonly sim: Simulation;
  readonly findings: PlanFinding[];
  /** `second`: a second Kafka table takes over without a gap. `gap`: drop and create. */
  readonly queues: "second" | "gap";
  /** Everything that the migrations want, to see what they themselves take care of. */
  readonly intents: readonly Intent[];
}

export interface SimColumn {
  readonly type: string;
  readonly defaultKind: string;
  readonly inKey: boolean;
}

/** The catalogues as they will be after the steps that are planned so far. */
export class Simulation {
  readonly #inventory: Inventory;
  readonly #columns = new Map<string, Map<string, SimColumn> | null>();
  readonly #queries = new Map<string, ViewQuery>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
  }

  /** Null: the host holds no such table. */
  columns(host: string, table: string): ReadonlyMap<string, SimColumn> | null {
    return this.#own(host, table);
  }

  #own(host: string, table: string): Map<string, SimColumn> | null {
    const key = `${host}\0${table}`;
    let known = this.#columns.get(key);
    if (known === undefined) {
      const found = this.#inventory.at(host, table);
      known =
        found === null
          ? null
          : new Map(
              found.columns.map(({ name, type, defaultKind, inSortingKey, inPartitionKey }) => [
                name,
                { type, defaultKind, inKey: inSortingKey || inPartitionKey },
              ]),
            );
      this.#columns.set(key, known);
    }
    return known;
  }

  exists(host: string, table: string): boolean {
    return this.#own(host, table) !== null;
  }

  put(host: string, table: string, columns: ReadonlyMap<string, SimColumn> | null): void {
    this.#columns.set(`${host}\0${table}`, columns === null ? null : new Map(columns));
  }

  change(host: string, table: string, change: ColumnChange): void {
    const columns = this.#own(host, table);
    if (columns === null) return;
    const column = change.kind === "add-column" ? undefined : columns.get(change.column);
    if (change.kind === "add-column")
      columns.set(change.column.name, { type: change.column.type.text, defaultKind: change.column.default?.kind ?? "", inKey: false });
    else if (change.kind === "drop-column") columns.delete(change.column);
    else if (change.kind === "rename-column" && column !== undefined) {
      columns.delete(change.column);
      columns.set(change.to, column);
    } else if (change.kind === "modify-column" && column !== undefined)
      columns.set(change.column, {
        ...column,
        type: change.type?.text ?? column.type,
        defaultKind: change.default?.kind ?? column.defaultKind,
      });
    else if (change.kind === "remove-column-property" && column?.defaultKind === change.property)
      columns.set(change.column, { ...column, defaultKind: "" });
  }

  query(host: string, view: string): ViewQuery | null {
    const known = this.#queries.get(`${host}\0${view}`);
    if (known !== undefined) return known;
    const table = this.#inventory.at(host, view);
    return table === null ? null : this.#inventory.query(table);
  }

  setQuery(host: string, view: string, query: ViewQuery): void {
    this.#queries.set(`${host}\0${view}`, query);
  }
}

/** Placed tables by name, in order of appearance. */
export function byName(placed: readonly Placed[]): ReadonlyMap<string, readonly Placed[]> {
  const map = new Map<string, Placed[]>();
  for (const one of placed) {
    const known = map.get(one.table.name);
    if (known === undefined) map.set(one.table.name, [one]);
    else if (!known.some(({ host }) => host === one.host)) known.push(one);
  }
  return map;
}

/** One run per group of hosts that share the table. Null: nothing to do there. */
export function runsOf(
  groups: readonly ShardGroup[],
  make: (group: ShardGroup) => { readonly sql: string; readonly expects: StepRun["expects"]; readonly database?: string } | null,
): readonly StepRun[] {
  return groups.flatMap((group): StepRun[] => {
    const made = make(group);
    if (made === null) return [];
    const { shard, hosts, replicated } = group;
    return [
      {
        shard,
        hosts,
        seenOn: hosts,
        sql: made.sql,
        database: made.database ?? null,
        expects: made.expects,
        replicated: replicated && hosts.length > 1,
      },
    ];
  });
}

/** Metadata alone: measured 3 to 219 ms on 26.7, with inserts running. An estimate. */
export const METADATA = { kind: "metadata", bytes: null, milliseconds: 100 } as const;
export const NO_WORK = { kind: "none", bytes: null, milliseconds: null } as const;

/** Bytes per second that a mutation reads and writes again: a modest disk. An estimate. */
const REWRITE_RATE = 100e6;

export function rewriteOf(placed: readonly Placed[], share: number): Draft["work"] {
  const sizes = placed.flatMap(({ table }) => (table.bytes === null ? [] : [table.bytes]));
  if (sizes.length === 0) return { kind: "mutation", bytes: null, milliseconds: null };
  const bytes = Math.round(Math.max(...sizes) * share);
  return { kind: "mutation", bytes, milliseconds: Math.round((bytes / REWRITE_RATE) * 1000) + METADATA.milliseconds };
}

export function found(
  context: PlanContext,
  finding: Pick<PlanFinding, "rule" | "severity" | "message" | "help">,
  from: StepOrigin | null,
): void {
  const one: PlanFinding = { ...finding, migration: from?.migration ?? null, statement: from?.statement ?? null };
  if (!context.findings.some(({ rule, message }) => rule === one.rule && message === one.message)) context.findings.push(one);
}

export function list(names: Iterable<string>): string {
  return [...new Set(names)].join(", ");
}
