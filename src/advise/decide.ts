import { ClickHouseError, EngineCrashed } from "../engines/clickhouse/embedded/index.ts";
import type { Candidate } from "./advice.ts";
import { ROWS } from "./data/rows.ts";
import { type Lab, rowsOf } from "./engine/lab.ts";
import { Bench, type KeyCost, type MeasuredQuery } from "./measure/bench.ts";
import { grainOf, type Grain } from "./measure/build.ts";
import type { ReadMeter } from "./measure/reads.ts";
import { type Found, statedBytes } from "./search/find.ts";
import { identityOf, statedGranularity, type TableDefinition } from "./table/definition.ts";

/** Keys as close as this are equal, as far as a sample can tell: then size on disk decides. */
const EQUAL = 1.005;
/**
 * Above it, marks are read from all rows with only the columns that decide, and sizes and bytes from half as many rows with every column:
 * 2 million rows of 9 columns take 1.5 s of one core to write whole, 0.4 s without the rest (26.7.2.1).
 */
const SIZE_ROWS = 524_288;

export interface Decided {
  readonly current: Candidate | null;
  readonly candidates: readonly Candidate[];
  readonly built: number;
  /** What the engine died of, or null. */
  readonly died: string | null;
}

/** Builds the present key and the best of the search on all rows, with every column, and reads for real. */
export async function decide(context: {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly queries: readonly MeasuredQuery[];
  readonly grain: Grain;
  readonly parts: number;
  /** Keys that are built besides the present one. */
  readonly most: number;
  readonly rows: number;
  readonly assumed: number;
  readonly found: Found;
  readonly events: { readonly progress: (message: string) => void };
}): Promise<Decided> {
  const { lab, meter, definition, queries, grain, parts, most, found, events, rows, assumed } = context;
  const bench = new Bench(lab, meter, definition, queries);
  const present = definition.orderBy;
  const others = found.keys.filter(({ orderBy }) => orderBy.join() !== present.join()).slice(0, most);
  const keys = [present, ...others.map(({ orderBy }) => orderBy)];
  const measured: Candidate[] = [];
  const small = grainOf(Math.min(rows, SIZE_ROWS / 2), assumed, statedGranularity(definition), statedBytes(definition));
  let died: string | null = null;
  for (const [index, orderBy] of keys.entries()) {
    events.progress(
      `building ${index === 0 ? "the present key" : `key ${index} of ${others.length}`} on all sampled rows: (${orderBy.join(", ")})`,
    );
    try {
      const keep = "tread_sample.built";
      const whole = { orderBy, grain, stored: null, from: ROWS, parts, purpose: "sizes" } as const;
      if (rows <= SIZE_ROWS) {
        const cost = await bench.cost(whole, "read", undefined, keep);
        measured.push(await candidateOf(lab, definition, queries, orderBy, cost, cost.bytes, grain, keep));
      } else {
        const cost = await bench.cost({ ...whole, stored: found.needed, purpose: "reads" }, "read");
        const some = {
          ...whole,
          grain: small,
          from: `(SELECT * FROM ${ROWS} WHERE cityHash64(_tread_row, 17) % ${rows} < ${SIZE_ROWS / 2})`,
        };
        const { bytes } = await bench.cost({ ...some, parts: 1 }, "read", undefined, keep);
        measured.push(await candidateOf(lab, definition, queries, orderBy, cost, bytes, small, keep));
      }
      await lab.text(`DROP TABLE ${keep} SYNC`);
    } catch (error) {
      if (error instanceof EngineCrashed) {
        if (measured.length === 0) throw error;
        died = error.message;
        break;
      }
      if (error instanceof ClickHouseError && index > 0) continue;
      throw error;
    }
  }
  const [current = null] = measured;
  const candidates = [...measured].sort((a, b) => a.marks - b.marks);
  const least = candidates[0]?.marks ?? 0;
  const equal = candidates.filter((candidate) => candidate.marks <= least * EQUAL);
  const preferred = [...equal].sort(
    (a, b) =>
      // Nothing is gained by moving to a key that reads as much as the present one.
      Number(b === current) - Number(a === current) || a.bytesOnDisk - b.bytesOnDisk || a.orderBy.length - b.orderBy.length,
  )[0];
  const ordered = preferred === undefined ? candidates : [preferred, ...candidates.filter((candidate) => candidate !== preferred)];
  return { current, candidates: ordered, built: bench.built, died };
}

async function candidateOf(
  lab: Lab,
  definition: TableDefinition,
  queries: readonly MeasuredQuery[],
  orderBy: readonly string[],
  cost: KeyCost,
  bytes: number,
  grain: Grain,
  table: string,
): Promise<Candidate> {
  const [sizes] = rowsOf(
    await lab.text(
      `SELECT sum(data_compressed_bytes), sum(primary_key_size) FROM system.parts WHERE active AND database = 'tread_sample' AND table = '${table.slice(table.indexOf(".") + 1)}'`,
    ),
  );
  const [compressed = 0, primary = 0] = (sizes ?? []).map(Number);
  return {
    orderBy,
    marks: round(cost.marks),
    bytesRead: Math.round(bytes),
    // The primary index has as many entries as the whole table's.
    bytesOnDisk: Math.round(compressed * grain.scale + primary * grain.marks),
    queries: queries.map((query, index) => ({
      name: query.name,
      frequency: query.frequency,
      marks: round(cost.queries[index]?.marks ?? 0),
    })),
    notes: notesOn(definition, orderBy),
  };
}

function notesOn(definition: TableDefinition, orderBy: readonly string[]): string[] {
  const notes: string[] = [];
  const nullable = definition.columns.filter((column) => column.type.includes("Nullable(") && orderBy.includes(column.name));
  if (nullable.length > 0)
    notes.push(`needs SETTINGS allow_nullable_key = 1: ${nullable.map((column) => column.name).join(", ")} may be NULL`);
  if (identityOf(definition) !== null && orderBy.join() !== definition.orderBy.join())
    notes.push("the same columns as the present key, so the same rows collapse");
  return notes;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
