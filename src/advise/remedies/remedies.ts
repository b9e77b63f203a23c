import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Candidate, Unserved } from "../advice.ts";
import type { Filter } from "../analyse/query-reads.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { keyExpression } from "../analyse/key-expression.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, quoteName, unlessRefused } from "../engine/lab.ts";
import { type MeasuredQuery, quoted } from "../measure/bench.ts";
import { buildCopy, grainOf, type Grain } from "../measure/build.ts";
import type { ReadMeter } from "../measure/reads.ts";
import { bytesText } from "../render/bytes.ts";
import { statedBytes } from "../search/find.ts";
import { identityOf, statedGranularity, type TableDefinition } from "../table/definition.ts";
import { scaleLimits } from "../workload/limits.ts";
import { grouped } from "../../text/numbers.ts";

/** Remedies are built on at most so many rows. */
const REMEDY_ROWS = 131_072;
/** Queries that are looked at, the most work first. */
const MOST_QUERIES = 6;
/** A query that reads less of the table than this is served. */
const SERVED_SHARE = 0.05;
/** What a remedy must leave, at most, of what is read without it. */
const WORTHWHILE = 0.5;

export interface RemedyContext {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly analysed: readonly Analysed[];
  readonly queries: readonly MeasuredQuery[];
  readonly best: Candidate;
  readonly bestFor: readonly { readonly marks: number; readonly orderBy: readonly string[] }[];
  readonly rows: number;
  /** Rows of the whole table, or what it was taken as. */
  readonly total: number;
  readonly events: { readonly progress: (message: string) => void };
}

interface Remedy {
  readonly marks: number;
  readonly text: string;
  readonly sql: readonly string[];
}

/**
 * What the chosen key leaves reading a large share of the table, and what would help: a skip index (asked of the engine with EXPLAIN
 * WHATIF, without building it) or a projection (built).
 * @throws EngineCrashed
 */
export async function remediesFor(context: RemedyContext): Promise<Unserved[]> {
  const { lab, definition, analysed, queries, best, total, events } = context;
  const tableMarks = Math.max(1, total / statedGranularity(definition));
  const badly = best.queries
    .map((query, index) => ({ index, marks: query.marks, work: query.frequency * query.marks }))
    .filter(({ marks }) => marks >= Math.max(2, tableMarks * SERVED_SHARE))
    .sort((a, b) => b.work - a.work)
    .slice(0, MOST_QUERIES);
  if (badly.length === 0) return [];
  const from =
    context.rows <= REMEDY_ROWS ? ROWS : `(SELECT * FROM ${ROWS} WHERE cityHash64(_tread_row, 11) % ${context.rows} < ${REMEDY_ROWS})`;
  const sampled = Math.min(context.rows, REMEDY_ROWS);
  const grain = grainOf(sampled, total, statedGranularity(definition), statedBytes(definition));
  const unserved: Unserved[] = [];
  for (const { index, marks } of badly) {
    const query = queries[index];
    const reads = analysed[index]?.reads;
    if (query === undefined || reads === undefined) continue;
    events.progress(`looking for what would serve ${query.name}`);
    if (reads.filters.length === 0) {
      unserved.push({ query: query.name, marks, marksWithRemedy: null, sql: [], remedy: withoutFilter(reads.aggregates) });
      continue;
    }
    const place = quoted(query.readAs);
    await lab.text(`DROP TABLE IF EXISTS ${place} SYNC`);
    await buildCopy(lab, definition, { name: place, orderBy: best.orderBy, grain, stored: null, from, parts: 1, purpose: "sizes" });
    await lab.text(`USE ${quoteName(query.database)}`);
    try {
      const before = await marksOf(context, query, grain);
      const index_ = await bestIndex(context, query, reads.filters, grain, before);
      const projection = reads.final
        ? null
        : await projectionFor(context, query, [...reads.columns], context.bestFor[index], grain, before);
      unserved.push(choose(context, query, marks, before, index_, projection, reads.final));
    } finally {
      await unlessRefused(lab.text(`DROP TABLE IF EXISTS ${place} SYNC`)).catch(() => {});
    }
  }
  return unserved;
}

function withoutFilter(aggregates: boolean): string {
  return aggregates
    ? "it has no condition on the table, so every key reads all of it: keep its answer in a materialized view (AggregatingMergeTree or SummingMergeTree over its GROUP BY)"
    : "it has no condition on the table, so every key reads all of it";
}

function choose(
  { definition }: RemedyContext,
  query: MeasuredQuery,
  marks: number,
  before: number,
  index: Remedy | null,
  projection: Remedy | null,
  final: boolean,
): Unserved {
  const worth = (remedy: Remedy | null): remedy is Remedy => remedy !== null && remedy.marks <= before * WORTHWHILE;
  // An index costs a small file per part, a projection a second copy of its columns: it must read far less to be named first.
  const chosen =
    worth(index) && (!worth(projection) || index.marks <= projection.marks * 3) ? index : worth(projection) ? projection : null;
  if (chosen === null) {
    const tried = [index, projection].filter((remedy) => remedy !== null);
    const why =
      tried.length === 0
        ? final
          ? "no skip index fits its conditions, and with FINAL projections are not used"
          : "no skip index fits its conditions, and no other order of the rows was found that would help"
        : `the best remedy that was tried reads ${grouped(Math.round(Math.min(...tried.map((remedy) => remedy.marks))))} marks: what it asks for is spread over the table`;
    return {
      query: query.name,
      marks,
      marksWithRemedy: null,
      sql: [],
      remedy: `reads ${grouped(Math.round(marks))} marks per run; ${why}. If it returns few groups, keep its answer in a materialized view`,
    };
  }
  const scaled = before === 0 ? chosen.marks : Math.max(1, Math.round((chosen.marks * marks) / before));
  const caution =
    chosen === projection && identityOf(definition) !== null
      ? `; on a ${definition.family} it needs deduplicate_merge_projection_mode = 'rebuild', and FINAL does not use it`
      : "";
  return {
    query: query.name,
    marks,
    marksWithRemedy: scaled,
    sql: chosen.sql,
    remedy: `reads ${grouped(Math.round(marks))} marks per run; ${chosen.text} would make it ${grouped(scaled)}${caution}`,
  };
}

async function marksOf({ meter, lab }: RemedyContext, query: MeasuredQuery, grain: Grain): Promise<number> {
  await lab.text("SET max_threads = 1");
  const read = await unlessRefused(meter.measure(scaleLimits(query.sql, query.limits, grain.scale)));
  await lab.text("SET max_threads = 0");
  return read instanceof ClickHouseError ? 0 : Math.ceil(read.rows / grain.rows) * grain.marks;
}

/** Asked without building: a hypothetical index lives in the session. Engines without EXPLAIN WHATIF get it built. */
async function bestIndex(
  context: RemedyContext,
  query: MeasuredQuery,
  filters: readonly Filter[],
  grain: Grain,
  before: number,
): Promise<Remedy | null> {
  const { lab, definition } = context;
  const place = quoted(query.readAs);
  let best: Remedy | null = null;
  const seen = new Set<string>();
  for (const filter of filters) {
    const expression = keyExpression(filter.on);
    if (expression === null || !filter.certain || expressionLeads(context.best.orderBy, expression)) continue;
    for (const type of indexTypes(filter)) {
      const id = `${expression} ${type}`;
      if (seen.has(id) || seen.size >= 12) continue;
      seen.add(id);
      const marks =
        (await whatIf(lab, place, expression, type, query.sql)) ?? (await builtIndex(context, query, place, expression, type, grain));
      if (marks === null || marks >= before || (best !== null && marks * grain.marks >= best.marks)) continue;
      const name = `idx_${nameOf(expression)}`;
      const table = quoted(`${definition.database}.${definition.table}`);
      best = {
        marks: marks * grain.marks,
        text: `a skip index on ${expression} of type ${type}`,
        sql: [
          `ALTER TABLE ${table} ADD INDEX ${name} ${expression} TYPE ${type} GRANULARITY 1;`,
          `ALTER TABLE ${table} MATERIALIZE INDEX ${name};`,
        ],
      };
    }
  }
  return best;
}

function indexTypes({ operator }: Filter): readonly string[] {
  switch (operator) {
    case "equals":
    case "in":
      return ["bloom_filter(0.01)", "set(100)", "minmax"];
    case "range":
      return ["minmax"];
    case "prefix":
    case "contains":
      return ["ngrambf_v1(3, 8192, 2, 0)", "tokenbf_v1(8192, 2, 0)"];
    case "null":
      return ["set(2)"];
    case "other":
      return ["set(100)"];
    default:
      return operator satisfies never;
  }
}

function expressionLeads(orderBy: readonly string[], expression: string): boolean {
  return orderBy[0] === expression;
}

async function whatIf(lab: Lab, place: string, expression: string, type: string, sql: string): Promise<number | null> {
  const made = await unlessRefused(lab.text(`CREATE HYPOTHETICAL INDEX tread_idx ON ${place} (${expression}) TYPE ${type} GRANULARITY 1`));
  if (made instanceof ClickHouseError) return null;
  const answer = await unlessRefused(lab.text(`EXPLAIN WHATIF ${sql}`));
  await unlessRefused(lab.text(`DROP HYPOTHETICAL INDEX tread_idx ON ${place}`));
  return answer instanceof ClickHouseError ? null : marksWith(answer);
}

/** `With tread_idx (minmax, hypothetical):` … `marks: 10`; null where it is not applicable. */
function marksWith(answer: string): number | null {
  const lines = answer.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => line.startsWith("With tread_idx"));
  if (start === -1) return null;
  const marks = lines.slice(start).find((line) => line.startsWith("marks:"));
  const number = Number(marks?.slice("marks:".length).trim());
  return marks === undefined || !Number.isFinite(number) ? null : number;
}

async function builtIndex(
  context: RemedyContext,
  query: MeasuredQuery,
  place: string,
  expression: string,
  type: string,
  grain: Grain,
): Promise<number | null> {
  const { lab } = context;
  const added = await unlessRefused(
    lab.text(`ALTER TABLE ${place} ADD INDEX tread_idx ${expression} TYPE ${type} GRANULARITY 1 SETTINGS alter_sync = 1`),
  );
  if (added instanceof ClickHouseError) return null;
  const built = await unlessRefused(lab.text(`ALTER TABLE ${place} MATERIALIZE INDEX tread_idx SETTINGS mutations_sync = 1`));
  const marks = built instanceof ClickHouseError ? null : (await marksOf(context, query, grain)) / grain.marks;
  await unlessRefused(lab.text(`ALTER TABLE ${place} DROP INDEX tread_idx SETTINGS mutations_sync = 1`));
  return marks;
}

/** A copy of the columns that the query reads, in the order that suits it best. */
async function projectionFor(
  context: RemedyContext,
  query: MeasuredQuery,
  columns: readonly string[],
  alone: { readonly marks: number; readonly orderBy: readonly string[] } | undefined,
  grain: Grain,
  before: number,
): Promise<Remedy | null> {
  const { lab, definition, total, rows } = context;
  if (alone === undefined || alone.orderBy.length === 0 || alone.marks > before * WORTHWHILE) return null;
  const place = quoted(query.readAs);
  const stored = columns.filter((name) => definition.columns.some((column) => column.name === name && column.kind === "stored"));
  const body = `SELECT ${stored.map(quoteName).join(", ")} ORDER BY ${alone.orderBy.join(", ")}`;
  const added = await unlessRefused(lab.text(`ALTER TABLE ${place} ADD PROJECTION tread_p (${body}) SETTINGS alter_sync = 1`));
  if (added instanceof ClickHouseError) return null;
  // Merges are stopped on the copies, and a mutation is one.
  await lab.text(`SYSTEM START MERGES ${place}`);
  const built = await unlessRefused(lab.text(`ALTER TABLE ${place} MATERIALIZE PROJECTION tread_p SETTINGS mutations_sync = 1`));
  if (built instanceof ClickHouseError) return null;
  const marks = await marksOf(context, query, grain);
  const [database, table] = [query.readAs.slice(0, query.readAs.indexOf(".")), query.readAs.slice(query.readAs.indexOf(".") + 1)];
  const size = Number(
    (
      await lab.text(
        `SELECT sum(data_compressed_bytes) FROM system.projection_parts WHERE active AND database = '${database.replaceAll("'", "\\'")}' AND table = '${table.replaceAll("'", "\\'")}' AND name = 'tread_p'`,
      )
    ).trim(),
  );
  const name = `by_${nameOf(alone.orderBy[0] ?? "key")}`;
  const own = quoted(`${definition.database}.${definition.table}`);
  return {
    marks,
    text: `a projection of ${stored.length === 1 ? "1 column" : `${stored.length} columns`} ordered by (${alone.orderBy.join(", ")}), about ${bytesText((size * total) / Math.min(rows, REMEDY_ROWS))} more on disk,`,
    sql: [`ALTER TABLE ${own} ADD PROJECTION ${name} (${body});`, `ALTER TABLE ${own} MATERIALIZE PROJECTION ${name};`],
  };
}

/** What of an expression can stand in a name. */
function nameOf(expression: string): string {
  return expression.replace(/[^A-Za-z0-9_]/g, "").slice(0, 40);
}
