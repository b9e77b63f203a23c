import { type Lab, quoteName, rowsOf, unlessRefused } from "../engine/lab.ts";
import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { TableDefinition } from "../table/definition.ts";
import { type Limit, scaleLimits } from "../workload/limits.ts";
import { buildCopy, type CopyOptions, type Grain } from "./build.ts";
import type { ReadMeter } from "./reads.ts";

/** A query of the workload that can be measured. */
export interface MeasuredQuery {
  readonly name: string;
  readonly sql: string;
  readonly frequency: number;
  /** LIMITs to divide on a sample. */
  readonly limits: readonly Limit[];
  /** Database of its unqualified names. */
  readonly database: string;
  /** Under which name it reads the table, `database.table`. */
  readonly readAs: string;
  /** Reading is what counts: EXPLAIN ESTIMATE does not know LIMIT, FINAL and subqueries. */
  readonly mustRun: boolean;
  /** Rows of other tables that it reads: no work of this table. */
  readonly otherRows: number;
}

/** What one query reads under one key, in granules of the whole table. */
export interface QueryCost {
  readonly marks: number;
  /** Bytes, of the whole table; 0 where it was only estimated. */
  readonly bytes: number;
}

export interface KeyCost {
  readonly queries: readonly QueryCost[];
  /** Σ frequency × marks. */
  readonly marks: number;
  /** Σ frequency × bytes. */
  readonly bytes: number;
}

/** Results of so many rows are read; larger ones are thrown away by the engine. */
const SMALL_RESULT = 1000;

/** Below it, where granules happen to end is what counts. */
const STEADY_MARKS = 4;

/** Puts copies of the table under the names that the workload uses, one after the other, and asks the engine what each query reads. */
export class Bench {
  readonly #lab: Lab;
  readonly #meter: ReadMeter;
  readonly #definition: TableDefinition;
  readonly #queries: readonly MeasuredQuery[];
  #database: string | null = null;
  #blocks: Grain | null = null;
  /** How many keys were built. */
  built = 0;

  constructor(lab: Lab, meter: ReadMeter, definition: TableDefinition, queries: readonly MeasuredQuery[]) {
    this.#lab = lab;
    this.#meter = meter;
    this.#definition = definition;
    this.#queries = queries;
  }

  /**
   * Builds a key and measures it.
   * @param mode `estimate`: EXPLAIN ESTIMATE where it is right, else reading; `read`: reading only
   * @param known costs that the key cannot change, by query; null: measure it
   * @throws ClickHouseError where the engine refuses the key
   */
  async cost(
    options: Omit<CopyOptions, "name">,
    mode: "estimate" | "read",
    known: (query: number) => QueryCost | null = () => null,
    keep: string | null = null,
  ): Promise<KeyCost> {
    const first = this.#queries[0]?.readAs ?? this.#definition.readAs[0] ?? "";
    let place = first;
    await this.#blocksAsUsual();
    await buildCopy(this.#lab, this.#definition, { ...options, name: quoted(place) });
    this.built++;
    try {
      const costs: QueryCost[] = Array.from({ length: this.#queries.length }, () => ({ marks: 0, bytes: 0 }));
      const order = this.#queries.map((_, index) => index).sort((a, b) => compare(this.#queries[a]?.readAs, this.#queries[b]?.readAs));
      for (const index of order) {
        const query = this.#queries[index];
        if (query === undefined) continue;
        const already = known(index);
        if (already !== null) {
          costs[index] = already;
          continue;
        }
        if (query.readAs !== place) {
          await this.#lab.text(`RENAME TABLE ${quoted(place)} TO ${quoted(query.readAs)}`);
          place = query.readAs;
        }
        if (query.database !== this.#database) await this.#lab.text(`USE ${quoteName(query.database)}`);
        this.#database = query.database;
        costs[index] = await this.#costOf(query, options.grain, mode);
      }
      return total(costs, this.#queries);
    } finally {
      await this.#blocksAsUsual().catch(() => {});
      // A crash of the engine leaves nothing to put away.
      await unlessRefused(
        this.#lab.text(keep === null ? `DROP TABLE IF EXISTS ${quoted(place)} SYNC` : `RENAME TABLE ${quoted(place)} TO ${keep}`),
      ).catch(() => {});
    }
  }

  async #costOf(query: MeasuredQuery, grain: Grain, mode: "estimate" | "read"): Promise<QueryCost> {
    if (mode === "estimate" && !query.mustRun) {
      const { marks } = await this.#estimate(query);
      return { marks: marks * grain.marks, bytes: 0 };
    }
    await this.#blocksFor(grain);
    const sql = scaleLimits(query.sql, query.limits, grain.scale);
    const isSmall = query.limits.length > 0 && Math.max(...query.limits.map(({ value }) => value)) <= SMALL_RESULT;
    const read = await unlessRefused(isSmall ? this.#meter.measureSmall(sql) : this.#meter.measure(sql));
    if (read instanceof ClickHouseError) {
      // It needs more memory than there is, or fails on a value: what it would have read can still be told.
      const { marks } = await this.#estimate(query);
      return { marks: marks * grain.marks, bytes: 0 };
    }
    const rows = Math.max(0, read.rows - query.otherRows);
    const cost = { marks: Math.ceil(rows / grain.rows - 1e-9) * grain.marks, bytes: Math.round(read.bytes * grain.scale) };
    return isSmall && query.limits.length === 1 ? await this.#steadier(query, grain, cost) : cost;
  }

  /**
   * How far a query with LIMIT must look for its rows is known badly when a tenth of them is looked for. The whole limit takes it `scale`
   * times as far: where that still stops early, it is the steadier answer.
   */
  async #steadier(query: MeasuredQuery, grain: Grain, cost: QueryCost): Promise<QueryCost> {
    const limit = query.limits[0]?.value ?? 0;
    if (grain.scale < 1.5 || cost.marks < STEADY_MARKS) return cost;
    const whole = await unlessRefused(this.#meter.measureSmall(query.sql));
    if (whole instanceof ClickHouseError || whole.result === null || whole.result < limit) return cost;
    const marks = Math.ceil(whole.rows / grain.rows - 1e-9) * grain.marks;
    const share = marks / grain.scale;
    // A query that reads as much for 10 rows as for 100 does not stop early: it sorts.
    return share < STEADY_MARKS || marks < (cost.marks * grain.scale) / 2 ? cost : { marks: share, bytes: whole.bytes };
  }

  /** Blocks as large in proportion as those of the whole table: with LIMIT, one block is the least that is read. */
  async #blocksFor(grain: Grain): Promise<void> {
    if (this.#blocks === grain) return;
    this.#blocks = grain;
    const rows = Math.max(grain.rows, Math.round(65_409 / grain.scale));
    const bytes = Math.max(4096, Math.round(1_000_000 / grain.scale));
    await this.#lab.text(`SET max_block_size = ${rows}, preferred_block_size_bytes = ${bytes}, max_threads = 1`);
  }

  /** A copy is written as fast as it can be. */
  async #blocksAsUsual(): Promise<void> {
    if (this.#blocks === null) return;
    this.#blocks = null;
    await this.#lab.text("SET max_block_size = 65409, preferred_block_size_bytes = 1000000, max_threads = 0");
  }

  async #estimate(query: MeasuredQuery): Promise<{ readonly marks: number; readonly parts: number }> {
    let marks = 0;
    let parts = 0;
    for (const [database, table, inParts, , inMarks] of rowsOf(await this.#lab.text(`EXPLAIN ESTIMATE ${query.sql}`))) {
      if (`${database}.${table}` !== query.readAs) continue;
      marks += Number(inMarks);
      parts += Number(inParts);
    }
    return { marks, parts };
  }
}

export function total(costs: readonly QueryCost[], queries: readonly MeasuredQuery[]): KeyCost {
  let marks = 0;
  let bytes = 0;
  for (const [index, cost] of costs.entries()) {
    const frequency = queries[index]?.frequency ?? 0;
    marks += frequency * cost.marks;
    bytes += frequency * cost.bytes;
  }
  return { queries: costs, marks, bytes };
}

/** `database.table` with both names quoted. A database has no dot in its name where tread made the list. */
export function quoted(name: string): string {
  const dot = name.indexOf(".");
  return `${quoteName(name.slice(0, dot))}.${quoteName(name.slice(dot + 1))}`;
}

function compare(a: string | undefined, b: string | undefined): number {
  return (a ?? "") < (b ?? "") ? -1 : (a ?? "") > (b ?? "") ? 1 : 0;
}
