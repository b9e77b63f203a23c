import { quoteIdentifier } from "../../text/quote.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { keyOf } from "../run/effects-of.ts";
import type { Lab } from "../run/lab.ts";
import { transactionsOf } from "../../model/transactions.ts";
import { readCatalogue } from "../seed/catalogue.ts";
import type { RehearseInput } from "../types.ts";
import { type Candidate, rowsThere } from "./candidates.ts";
import { type Met, replay, ReplayFailed, type Timed } from "./replay.ts";
import { environmentAt, tablesAt } from "./sizes.ts";

/** One statement at one size. */
export interface Measured {
  readonly met: ReadonlyMap<string, Met>;
  readonly runs: readonly number[];
}

/** Statements between two moments at which the tables of a release are seeded. */
interface Segment {
  readonly transactions: readonly (readonly JudgedStatement[])[];
  readonly before: readonly JudgedStatement[];
}

/** Replays the statements on databases of one size after the other. */
export class GrowthRun {
  /** What could not be measured, and why. */
  readonly limits: string[] = [];
  readonly #lab: Lab;
  readonly #input: RehearseInput;
  readonly #largest: number;
  #candidates: readonly Candidate[];
  #databases = 0;

  constructor(lab: Lab, input: RehearseInput, candidates: readonly Candidate[], largest: number) {
    this.#lab = lab;
    this.#input = input;
    this.#candidates = candidates;
    this.#largest = largest;
  }

  /** @param repeat how often each statement runs, every time on the same state */
  async at(size: number, repeat: number): Promise<ReadonlyMap<string, Measured>> {
    const found = new Map<string, { met: ReadonlyMap<string, Met>; runs: number[] }>();
    const take = (times: ReadonlyMap<string, Timed>): void => {
      for (const [key, { runs, met }] of times) {
        const one = found.get(key) ?? { met, runs: [] };
        one.runs.push(...runs);
        found.set(key, one);
      }
    };
    if (this.#candidates.length === 0 || this.#lab.empty === null) return found;
    const main = await this.#copy(this.#lab.empty);
    const segments = segmentsOf(this.#input, this.#candidates);
    const memory = this.#memoryAt(size);
    for (const [i, segment] of segments.entries()) {
      await this.#seed(main, size, i > 0);
      const wanted = new Map(this.#candidates.map((candidate) => [candidate.key, candidate]));
      const worth = segment.transactions.some((entries) => entries.some((entry) => wanted.has(keyOf(entry))));
      const last = i === segments.length - 1;
      // Copies first: the database itself then goes on to the next release.
      for (let copies = worth ? repeat - 1 + (last ? 1 : 0) : 0; copies > 0 && this.#measurable(segment); copies--) {
        const copy = await this.#copy(main);
        take(await this.#replay(copy, segment, wanted, memory));
        await this.#lab.server.dropDatabase(copy);
      }
      if (!last && this.#measurable(segment)) take(await this.#replay(main, segment, wanted, memory));
    }
    await this.#lab.server.dropDatabase(main);
    return found;
  }

  /**
   * The share of a server's memory for sorts and joins that leaves them as short of it as at real size: they go through files there, in
   * as many runs, and not here. 1: the defaults.
   */
  #memoryAt(size: number): number {
    const there = Math.max(...this.#candidates.map(({ table }) => rowsThere(this.#input.environment, table)));
    return there <= 0 ? 0 : Math.min(1, size / Math.max(there, this.#largest));
  }

  /** Something in it or after it is still to be measured. */
  #measurable(segment: Segment): boolean {
    const wanted = new Set(this.#candidates.map((candidate) => candidate.key));
    return this.#input.judged.slice(segment.before.length).some((entry) => wanted.has(keyOf(entry)));
  }

  async #replay(
    database: string,
    segment: Segment,
    wanted: ReadonlyMap<string, Candidate>,
    memory: number,
  ): Promise<ReadonlyMap<string, Timed>> {
    const client = await this.#lab.server.connect({ role: "owner", database, applicationName: "tread growth" });
    try {
      return await replay(client, {
        transactions: segment.transactions,
        before: segment.before,
        wanted,
        memory,
        signal: this.#input.signal,
      });
    } catch (error) {
      if (!(error instanceof ReplayFailed)) throw error;
      // The rows of this size do not suit it (or code left something behind): nothing from here on can be measured.
      const all = this.#input.judged.map(keyOf);
      const from = all.indexOf(error.key);
      const lost = this.#candidates.filter(({ key }) => all.indexOf(key) >= from);
      this.#candidates = this.#candidates.filter((candidate) => !lost.includes(candidate));
      if (lost.length > 0)
        this.limits.push(
          `growth of ${lost.map(({ key }) => key).join(", ")} was not measured: ${error.key} failed on the rows made for it (${error.message})`,
        );
      return error.times;
    } finally {
      await client.end();
    }
  }

  async #copy(template: string): Promise<string> {
    const name = `rehearsal_growth_${++this.#databases}`;
    const { server } = this.#lab;
    const client = await server.connect({ role: "superuser", database: "postgres" });
    try {
      // Copied as files: through the log every page would be in shared buffers, as it is not on a table of real size.
      const strategy = server.major >= 15 ? " STRATEGY FILE_COPY" : "";
      await client.query(
        `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE ${quoteIdentifier(template)} OWNER ${quoteIdentifier(server.credentials.user)}${strategy}`,
      );
      await client.query(`REVOKE ALL ON DATABASE ${quoteIdentifier(name)} FROM PUBLIC`);
    } finally {
      await client.end();
    }
    return name;
  }

  async #seed(database: string, size: number, onlyEmpty: boolean): Promise<void> {
    const { environment } = this.#input;
    const client = await this.#lab.server.connect({ role: "superuser", database, applicationName: "tread growth" });
    try {
      const { tables } = await readCatalogue(client);
      const rows = new Map(tablesAt(environment, this.#candidates, size, this.#largest));
      // Rows of a partition are seeded through the table that it is a part of.
      for (const table of tables.filter((candidate) => candidate.parent !== null && rows.has(candidate.name))) {
        let root = table;
        while (root.parent !== null) root = tables.find((other) => other.oid === root.parent) ?? { ...root, parent: null };
        rows.set(root.name, Math.max(rows.get(root.name) ?? 0, rows.get(table.name) ?? 0));
      }
      // A row that is referenced once at most needs as many to refer to.
      for (let grown = true; grown;) {
        grown = false;
        for (const table of tables) {
          for (const key of table.foreignKeys) {
            const parent = tables.find((other) => other.oid === key.references);
            const single = table.uniques.some((unique) =>
              unique.columns.every((column) => column !== null && key.columns.includes(column)),
            );
            const needed = rows.get(table.name) ?? 0;
            if (parent === undefined || !single || needed <= (rows.get(parent.name) ?? 0)) continue;
            rows.set(parent.name, needed);
            grown = true;
          }
        }
      }
      await this.#lab.fill(database, {
        environment: environmentAt(
          environment,
          rows,
          tables.map((table) => table.name),
        ),
        maxRows: Math.max(size, ...rows.values()),
        onlyEmpty,
        scattered: true,
      });
      // In use, tables are vacuumed: the first reader need not mark every row as committed.
      const there = (await readCatalogue(client)).tables.filter((table) => table.parent === null && rows.has(table.name));
      for (const table of there) await client.query(`VACUUM (ANALYZE) ${table.sql}`);
    } finally {
      await client.end();
    }
  }
}

/** Up to the last statement that is to be measured. */
function segmentsOf(input: RehearseInput, candidates: readonly Candidate[]): Segment[] {
  const wanted = new Set(candidates.map((candidate) => candidate.key));
  const transactions = transactionsOf(input.judged);
  const end = transactions.findLastIndex((entries) => entries.some((entry) => wanted.has(keyOf(entry))));
  const segments: { transactions: (readonly JudgedStatement[])[]; before: readonly JudgedStatement[]; release: string | null }[] = [];
  const sofar: JudgedStatement[] = [];
  for (const entries of transactions.slice(0, end + 1)) {
    const first = entries[0];
    if (first === undefined) continue;
    const release = input.releaseOf?.(first.migration.id) ?? null;
    const open = segments.at(-1);
    if (open === undefined || open.release !== release) segments.push({ transactions: [entries], before: [...sofar], release });
    else open.transactions.push(entries);
    sofar.push(...entries);
  }
  return segments;
}
