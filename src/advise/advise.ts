import { ClickHouseError, EngineCrashed } from "../engines/clickhouse/embedded/index.ts";
import type { Advice, Candidate } from "./advice.ts";
import { type Analysed, analyseWorkload } from "./analyse/read-queries.ts";
import { type Lab, quoteName, rowsOf, startLab, unlessRefused } from "./engine/lab.ts";
import type { DataSource, LoadedData } from "./data/source.ts";
import { loadData } from "./data/source.ts";
import { fillNeighbours, NEIGHBOUR_ROWS } from "./data/neighbours.ts";
import { ROWS } from "./data/rows.ts";
import { AdviseError } from "./errors.ts";
import { Bench, type KeyCost, type MeasuredQuery } from "./measure/bench.ts";
import { grainOf, type Grain } from "./measure/build.ts";
import { ReadMeter } from "./measure/reads.ts";
import { createReference, dropReference } from "./measure/reference.ts";
import { limitsIn } from "./workload/limits.ts";
import { atTimeOfSample } from "./workload/moment.ts";
import { FILLED_NOTE, fillPlaceholders } from "./workload/placeholders.ts";
import { findKeys, type Found, statedBytes } from "./search/find.ts";
import { identityOf, type Schema, statedGranularity, type TableDefinition } from "./table/definition.ts";
import type { Workload } from "./workload/workload.ts";
import { remediesFor } from "./remedies/remedies.ts";
import { remarksOn } from "./remarks/remarks.ts";
import { stepsTo } from "./steps.ts";

export interface AdviseOptions {
  readonly schema: Schema;
  readonly workload: Workload;
  readonly data: DataSource;
  /** Rows of the whole table, or null. */
  readonly total: number | null;
  /** Parts per partition, or null: one. */
  readonly parts: number | null;
  /** Keys that are built on all sampled rows besides the present one. */
  readonly candidates: number;
  /** Bytes that the engine may use. */
  readonly memory: number;
  /** Milliseconds for the search on a part of the rows; null: what the rest of the work leaves. */
  readonly searchMs: number | null;
  readonly signal: AbortSignal | null;
}

export interface AdviseEvents {
  readonly progress: (message: string) => void;
}

export interface AdviseResult {
  readonly advice: Advice;
  /** Why it is not the whole answer: the engine died, or queries of the table could not be measured. Null when it is. */
  readonly incomplete: string | null;
}

/**
 * Above it, marks are read from all rows with only the columns that decide, and sizes and bytes from half as many rows with every column:
 * 2 million rows of 9 columns take 1.5 s of one core to write whole, 0.4 s without the rest (26.7.2.1).
 */
const SIZE_ROWS = 524_288;
/** Where nobody said how large the table is: as many granules as are needed to tell keys apart. */
const ASSUMED_GRANULES = 256;
/** Keys as close as this are equal, as far as a sample can tell: then size on disk decides. */
const EQUAL = 1.005;

/**
 * Measures sorting keys for a table against a workload, on the real engine.
 * @throws AdviseError, EngineUnavailable, EngineCrashed (nothing was measured)
 */
export async function adviseTable(options: AdviseOptions, events: AdviseEvents): Promise<AdviseResult> {
  const { schema, signal } = options;
  const { definition } = schema;
  const lab = await startLab(options.memory, events.progress);
  const stop = (): void => void lab.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const notMade = await createReference(lab, schema);
    events.progress("reading the workload");
    // Placeholders are filled from the rows, so the rows come first where there are any.
    const first = await analyseWorkload(
      lab,
      schema,
      options.workload.queries.filter((query) => !query.normalised),
    );
    const data = await loadData(lab, schema, options.data, first.queries, options.total, signal, events.progress);
    const filled = await fillPlaceholders(
      lab,
      definition,
      options.workload.queries.filter((query) => query.normalised),
    );
    const second = await analyseWorkload(lab, schema, filled.queries);
    const readable = [...first.queries, ...second.queries];
    const unmeasured = [...first.unmeasured, ...second.unmeasured, ...filled.unmeasured];
    const elsewhere = [...first.elsewhere, ...second.elsewhere];
    if (readable.length === 0) throw noQuery(definition, options.workload, elsewhere, unmeasured);
    const neighbours = await fillNeighbours(lab, schema.neighbours, readable);
    const moved = await atTimeOfSample(lab, definition, readable);
    const analysed = await runnable(lab, schema, moved.analysed, unmeasured);
    const queries = analysed.map(({ query, reads, readAs }): MeasuredQuery => {
      return {
        name: query.name,
        sql: query.sql,
        frequency: query.frequency,
        limits: limitsIn(query.sql),
        database: query.database ?? definition.database,
        readAs,
        mustRun: reads.mustRun,
        otherRows: [...reads.tables].filter((table) => neighbours.filled.has(table)).length * NEIGHBOUR_ROWS,
      };
    });
    const granularity = statedGranularity(definition);
    const total = options.total ?? data.total;
    const assumed = total ?? Math.max(data.rows, ASSUMED_GRANULES * granularity);
    const meter = new ReadMeter(lab);
    const parts = Math.max(1, Math.min(options.parts ?? data.parts ?? 1, 64));
    const found = await findKeys({
      lab,
      meter,
      definition,
      analysed,
      queries,
      rows: data.rows,
      total: assumed,
      searchMs: options.searchMs ?? (data.rows > 1_000_000 ? 4000 : 7000),
      onProgress: events.progress,
    });
    const grain = grainOf(data.rows, assumed, granularity, statedBytes(definition));
    const rows = data.rows;
    const decided = await decide({ lab, meter, definition, queries, grain, rows, assumed, parts, options, found, events });
    const best = decided.candidates[0];
    let remarks: Advice["remarks"] = [];
    let unserved: Advice["unserved"] = [];
    let died = decided.died;
    if (best !== undefined && died === null) {
      try {
        const about = { lab, meter, definition, analysed, queries, best, rows: data.rows, total: assumed, events };
        unserved = await remediesFor({ ...about, bestFor: found.bestFor });
        const free = found.free === null ? null : { ...found.free, against: found.against };
        remarks = await remarksOn({
          ...about,
          candidates: decided.candidates,
          free,
          known: total !== null,
          synthetic: data.from === "synthetic",
        });
      } catch (error) {
        if (!(error instanceof EngineCrashed)) throw error;
        died = error.message;
      }
    }
    const advice: Advice = {
      format: "tread.advice/1",
      table: `${definition.database}.${definition.table}`,
      sample: { rows: data.rows, of: total, assumed, from: data.from, partsPerPartition: parts },
      current: decided.current,
      candidates: decided.candidates,
      unserved,
      remarks: [
        ...notesOf(options.workload, data, notMade, total, assumed, filled.queries.length > 0, moved.note),
        ...neighbours.notes.map((text) => ({ kind: "workload" as const, text, from: "estimate" as const })),
        ...remarks,
      ],
      steps: best === undefined || sameKey(best, decided.current) ? [] : stepsTo(definition, best.orderBy),
      workload: { measured: queries.length, elsewhere, unmeasured },
      search: { keys: found.built + decided.built, complete: found.complete && died === null, engine: lab.version },
    };
    return { advice, incomplete: incompleteness(died, unmeasured.length) };
  } catch (error) {
    if (signal?.aborted === true) throw new AdviseError("stopped", "nothing was left behind", 3);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await lab.close();
  }
}

interface Decided {
  readonly current: Candidate | null;
  readonly candidates: readonly Candidate[];
  readonly built: number;
  /** What the engine died of, or null. */
  readonly died: string | null;
}

/** Builds the present key and the best of the search on all rows, with every column, and reads for real. */
async function decide(context: {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly queries: readonly MeasuredQuery[];
  readonly grain: Grain;
  readonly parts: number;
  readonly options: AdviseOptions;
  readonly rows: number;
  readonly assumed: number;
  readonly found: Found;
  readonly events: AdviseEvents;
}): Promise<Decided> {
  const { lab, meter, definition, queries, grain, parts, options, found, events, rows, assumed } = context;
  const bench = new Bench(lab, meter, definition, queries);
  const present = definition.orderBy;
  const others = found.keys.filter(({ orderBy }) => orderBy.join() !== present.join()).slice(0, options.candidates);
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

/**
 * Queries that fail when they run (a dictionary that is not there, a function that is switched off) are found on the empty table, before
 * they are run a hundred times.
 */
async function runnable(
  lab: Lab,
  schema: Schema,
  analysed: readonly Analysed[],
  unmeasured: { query: string; reason: string; at: string }[],
): Promise<readonly Analysed[]> {
  const { definition } = schema;
  const kept: Analysed[] = [];
  for (const entry of analysed) {
    const { query } = entry;
    await lab.text(`USE ${quoteName(query.database ?? definition.database)}`);
    const ran = await unlessRefused(lab.quiet(query.sql));
    if (ran instanceof ClickHouseError)
      unmeasured.push({
        query: query.name,
        reason: `it fails when it runs (code ${ran.code}): ${ran.message.replace(/\s+/g, " ").slice(0, 240)}`,
        at: `${query.file}:${query.line}`,
      });
    else kept.push(entry);
  }
  await dropReference(lab, schema);
  if (kept.length > 0) return kept;
  throw new AdviseError(
    `no query of ${definition.database}.${definition.table} can be run`,
    unmeasured
      .slice(0, 5)
      .map(({ query, reason }) => `${query}: ${reason}`)
      .join("\n  "),
    3,
  );
}

function noQuery(
  definition: TableDefinition,
  workload: Workload,
  elsewhere: readonly string[],
  unmeasured: readonly { readonly query: string; readonly reason: string; readonly at: string }[],
): AdviseError {
  const table = `${definition.database}.${definition.table}`;
  const reasons = unmeasured.slice(0, 5).map(({ query, reason, at }) => `${at} ${query}: ${reason}`);
  return new AdviseError(
    `none of the ${workload.queries.length} queries of the workload can be measured against ${table}`,
    [
      ...reasons,
      elsewhere.length === 0 ? "" : `${elsewhere.length} of them read other tables (${elsewhere.slice(0, 5).join(", ")})`,
      `the table is read as ${definition.readAs.join(", ")}; name a workload that reads it`,
    ]
      .filter((line) => line !== "")
      .join("\n  "),
    3,
  );
}

function notesOf(
  workload: Workload,
  data: LoadedData,
  notMade: readonly string[],
  total: number | null,
  assumed: number,
  filled: boolean,
  moved: string | null,
): Advice["remarks"] {
  return [
    ...(total === null
      ? [
          {
            kind: "sample" as const,
            text: `Nobody said how many rows the whole table has: marks are those of a table of ${assumed} rows. Say it with --rows-total, or with a scale profile.`,
            from: "estimate" as const,
          },
        ]
      : []),
    ...data.notes.map((text) => ({ kind: "sample" as const, text, from: "sample" as const })),
    ...workload.notes.map((text) => ({ kind: "workload" as const, text, from: "workload" as const })),
    ...(moved === null ? [] : [{ kind: "workload" as const, text: moved, from: "sample" as const }]),
    ...(filled ? [{ kind: "workload" as const, text: FILLED_NOTE, from: "workload" as const }] : []),
    ...notMade.map((text) => ({ kind: "workload" as const, text: `Could not be made for the workload: ${text}`, from: "schema" as const })),
  ];
}

function incompleteness(died: string | null, unmeasured: number): string | null {
  const reasons = [
    ...(died === null ? [] : [`${died}: what was measured before it is printed`]),
    ...(unmeasured === 0 ? [] : [`${unmeasured} of the table's queries could not be measured`]),
  ];
  return reasons.length === 0 ? null : reasons.join("; ");
}

function sameKey(a: Candidate, b: Candidate | null): boolean {
  return b !== null && a.orderBy.join() === b.orderBy.join();
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
