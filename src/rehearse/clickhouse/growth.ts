import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { Calibration, GrowthSize, GrowthWork, MeasuredGrowth } from "../../model/growth.ts";
import { hasParts, quoted, readCatalogue, type TableFacts } from "./catalogue.ts";
import { becomes, formatsOf, type Lab, scaleOf, spreadOf } from "./lab.ts";
import { readMutations, mutationKey, settleMutations } from "./observe/mutations.ts";
import { readParts } from "./observe/parts.ts";
import type { ClickHouseRunner } from "./runner.ts";
import { fillOrdinary } from "./seed/fill.ts";
import { ownTable } from "./twin.ts";
import type { ClickHouseRehearseInput } from "./types.ts";

const COPY = { database: "tread_twin", table: "growth" } as const;
/** A table of which there are never this many rows costs nothing worth a forecast. */
const WORTH_IT = 5000;
const PATIENCE_MS = 60_000;

interface Candidate {
  readonly key: string;
  readonly table: TableFacts;
  readonly sql: string;
  readonly work: GrowthWork;
}

export interface Growth {
  readonly measured: readonly MeasuredGrowth[];
  readonly calibration: Calibration | null;
  readonly limits: readonly string[];
}

/**
 * Runs every statement that wrote parts once more on copies of its table at several sizes. A statement that wrote none costs the same
 * whatever the table holds.
 *
 * @param budgetMs of time for all of it; null: as long as it takes. The sizes are smaller where it is short
 */
export async function measureClickHouseGrowth(
  lab: Lab,
  input: ClickHouseRehearseInput,
  runner: ClickHouseRunner,
  budgetMs: number | null,
  progress: (message: string) => void,
): Promise<Growth> {
  const { growth } = input;
  if (growth === null || growth === undefined) return { measured: [], calibration: null, limits: [] };
  const { engine } = lab;
  const candidates = candidatesOf(input, runner);
  if (candidates.length === 0) return { measured: [], calibration: null, limits: [] };
  const measured: MeasuredGrowth[] = [];
  const limits: string[] = [];
  let calibration: Calibration | null = null;
  const began = Date.now();
  for (const [at, candidate] of candidates.entries()) {
    input.signal.throwIfAborted();
    const left = budgetMs === null ? null : (budgetMs - (Date.now() - began)) / (candidates.length - at);
    progress(`measuring how ${candidate.key} grows with ${candidate.table.name} (${at + 1} of ${candidates.length})`);
    if (left !== null && left < 300) {
      limits.push(`growth of ${candidate.key} was not measured: no time was left (--sizes takes the time it needs)`);
      continue;
    }
    const result = await measureOne(engine, input, candidate, growth.sizes, growth.repeat ?? 2, left);
    if (typeof result === "string") limits.push(`growth of ${candidate.key} was not measured: ${result}`);
    else {
      measured.push({ key: candidate.key, table: candidate.table.name, work: candidate.work, sizes: result.sizes, others: [] });
      if ((result.calibration?.bytes ?? 0) > (calibration?.bytes ?? 0)) ({ calibration } = result);
    }
  }
  await engine.query(`DROP TABLE IF EXISTS ${quoted(COPY)} SYNC`);
  return { measured, calibration, limits };
}

function candidatesOf(input: ClickHouseRehearseInput, runner: ClickHouseRunner): Candidate[] {
  return [...runner.seen].flatMap(([key, { sql, main }]): Candidate[] => {
    const [parsed] = parseScript(sql);
    const name = parsed === undefined ? null : ownTable(parsed);
    if (parsed === undefined || name === null || main.error !== null || main.bytesWritten === 0) return [];
    const table = [...main.watched.keys()].map((watched) => main.before.get(watched)).find((facts) => facts?.table === name.name.text);
    if (table === undefined || !hasParts(table)) return [];
    const there = scaleOf(input, table.name)?.rows ?? null;
    if (there !== null && there < WORTH_IT) return [];
    const [start, end] = [name.at.start - parsed.at.start, name.at.end - parsed.at.start];
    return [{ key, table, sql: `${parsed.text.slice(0, start)}${quoted(COPY)}${parsed.text.slice(end)}`, work: "rewrite" }];
  });
}

async function measureOne(
  engine: EmbeddedClickHouse,
  input: ClickHouseRehearseInput,
  candidate: Candidate,
  wanted: readonly number[],
  repeat: number,
  budgetMs: number | null,
): Promise<{ readonly sizes: GrowthSize[]; readonly calibration: Calibration | null } | string> {
  const scale = scaleOf(input, candidate.table.name);
  const most = scale?.rows ?? Number.POSITIVE_INFINITY;
  const largest = Math.min(Math.max(...wanted), most);
  let sizes = [...new Set(wanted.map((size) => Math.max(100, Math.round((size / Math.max(...wanted)) * largest))))].sort((a, b) => a - b);
  const found: GrowthSize[] = [];
  let calibration: Calibration | null = null;
  const began = Date.now();
  for (let at = 0; at < sizes.length; at++) {
    const rows = sizes[at] ?? 0;
    const result = await atSize(engine, input, candidate, rows, repeat);
    if (typeof result === "string") return result;
    found.push(result.size);
    if ((result.calibration?.bytes ?? 0) > (calibration?.bytes ?? 0)) ({ calibration } = result);
    const spent = Date.now() - began;
    const rest = sizes.slice(at + 1).reduce((sum, size) => sum + size / rows, 0) * spent;
    // Too slow for what is left: smaller sizes below the one that was measured say as much about the form, if not as exactly.
    if (budgetMs !== null && at === 0 && sizes.length > 1 && rest > budgetMs - spent) {
      sizes = [Math.round(rows / 4), Math.round(rows / 2), rows].filter((size) => size >= 100);
      at = -1;
      if (found.length > 1) break;
      sizes = sizes.slice(0, -1);
    }
  }
  return { sizes: found.sort((a, b) => a.rows - b.rows), calibration };
}

async function atSize(
  engine: EmbeddedClickHouse,
  input: ClickHouseRehearseInput,
  { table, sql }: Candidate,
  rows: number,
  repeat: number,
): Promise<{ readonly size: GrowthSize; readonly calibration: Calibration | null } | string> {
  const scale = scaleOf(input, table.name);
  const runs: number[] = [];
  let bytes = 0;
  let scanned = 0;
  try {
    for (let run = 0; run < repeat; run++) {
      input.signal.throwIfAborted();
      await engine.query(`DROP TABLE IF EXISTS ${quoted(COPY)} SYNC`);
      await engine.query(createAs(table));
      const facts = (await readCatalogue(engine, COPY.database)).get(`${COPY.database}.${COPY.table}`);
      if (facts === undefined) return "no copy of the table could be made";
      const failed = await fillOrdinary(engine, facts, {
        rows,
        formats: formatsOf(scale),
        spread: spreadOf(scale, rows),
        becomes: (column) => becomes(input, table.name, column.name),
      });
      if (failed !== null) return failed;
      bytes = (await readParts(engine, COPY)).reduce((sum, part) => sum + part.bytes, 0);
      if (run === 0) {
        const { statistics } = await engine.query(`SELECT count() FROM ${quoted(COPY)} WHERE NOT ignore(*)`);
        scanned = statistics.elapsedMs;
      }
      const known = new Set((await readMutations(engine, COPY.database)).map(mutationKey));
      const began = performance.now();
      await engine.query(sql, { timeoutMs: PATIENCE_MS });
      const { fresh } = await settleMutations(engine, known, PATIENCE_MS, COPY.database);
      runs.push(performance.now() - began);
      const failure = fresh.find((mutation) => mutation.failure !== "");
      if (failure !== undefined) return failure.failure;
    }
  } catch (error) {
    if (error instanceof ClickHouseError) return error.message;
    throw error;
  }
  const ms = Math.min(...runs);
  const perSecond = (time: number): number => (time <= 0 ? 0 : bytes / 1e6 / (time / 1000));
  return {
    size: { rows, bytes, indexBytes: 0, ms, runs },
    calibration: bytes === 0 ? null : { writeMbPerSecond: perSecond(ms), scanMbPerSecond: perSecond(scanned), bytes },
  };
}

/** The table as it was before the statement, under another name. */
function createAs(table: TableFacts): string {
  return table.create.replace(
    /^CREATE TABLE (?:`(?:[^`\\]|\\.)*`|[^\s.]+)\.(?:`(?:[^`\\]|\\.)*`|\S+)(?: UUID '[^']*')?/,
    () => `CREATE TABLE ${quoted(COPY)}`,
  );
}
