import { ClickHouseError, EngineCrashed } from "../engines/clickhouse/embedded/index.ts";
import type { Advice, Candidate } from "./advice.ts";
import { type Analysed, analyseWorkload } from "./analyse/read-queries.ts";
import { type Lab, quoteName, startLab, unlessRefused } from "./engine/lab.ts";
import type { DataSource, LoadedData } from "./data/source.ts";
import { loadData } from "./data/source.ts";
import { fillNeighbours, NEIGHBOUR_ROWS } from "./data/neighbours.ts";
import { AdviseError } from "./errors.ts";
import { decide } from "./decide.ts";
import type { MeasuredQuery } from "./measure/bench.ts";
import { grainOf } from "./measure/build.ts";
import { ReadMeter } from "./measure/reads.ts";
import { createReference, dropReference } from "./measure/reference.ts";
import { limitsIn } from "./workload/limits.ts";
import { atTimeOfSample } from "./workload/moment.ts";
import { FILLED_NOTE, fillPlaceholders } from "./workload/placeholders.ts";
import { findKeys, MANY_ROWS, statedBytes } from "./search/find.ts";
import { type Schema, statedGranularity, type TableDefinition } from "./table/definition.ts";
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

/** Where nobody said how large the table is: as many granules as are needed to tell keys apart. */
const ASSUMED_GRANULES = 256;

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
      searchMs: options.searchMs ?? searchTime(data.rows),
      onProgress: events.progress,
    });
    const grain = grainOf(data.rows, assumed, granularity, statedBytes(definition));
    const rows = data.rows;
    const decided = await decide({ lab, meter, definition, queries, grain, rows, assumed, parts, most: options.candidates, found, events });
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

/**
 * What the rest of the work leaves: all of it is to take 15 s for 2 million rows. Where there are few of them the rest is little, and a
 * search that is cut off misses keys of four elements (of 20 made-up workloads one, by a third, after 100 keys).
 */
function searchTime(rows: number): number {
  return rows > MANY_ROWS ? 4000 : 30_000;
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
