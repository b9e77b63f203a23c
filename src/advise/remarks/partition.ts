import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Candidate, Remark } from "../advice.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import { mentions } from "../analyse/elements.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, quoteName, rowsOf, unlessRefused } from "../engine/lab.ts";
import { Bench, type MeasuredQuery } from "../measure/bench.ts";
import { grainOf } from "../measure/build.ts";
import type { ReadMeter } from "../measure/reads.ts";
import { createScreen } from "../measure/screen.ts";
import { statedBytes } from "../search/find.ts";
import { statedGranularity, type TableDefinition } from "../table/definition.ts";
import { timeColumn } from "../workload/moment.ts";
import { grouped } from "../../text/numbers.ts";

const ROWS_FOR_PARTITIONS = 49_152;
/** Above it inserts and restarts suffer; the server's own limit per insert is 100. */
const MANY_PARTITIONS = 1000;
/** Below it a partition is a handful of small parts. */
const FEW_ROWS = 1_000_000;

/** What PARTITION BY does to this workload, against the alternatives, measured with the chosen key. @throws EngineCrashed */
export async function partitionRemarks(context: {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly analysed: readonly Analysed[];
  readonly queries: readonly MeasuredQuery[];
  readonly best: Candidate;
  readonly rows: number;
  readonly total: number;
  readonly known: boolean;
}): Promise<Remark[]> {
  const { lab, meter, definition, analysed, queries, best, rows, total } = context;
  const remarks: Remark[] = [];
  const present = definition.partitionBy;
  const time = timeColumn(definition, analysed);
  const count = present === null ? 1 : await partitionsOf(lab, present);
  const perPartition = total / Math.max(1, count ?? 1);
  const alternatives = [
    present === null ? null : "",
    ...(time === null ? [] : [`toYYYYMM(${quoteName(time)})`, `toMonday(${quoteName(time)})`]),
  ].filter((text): text is string => text !== null && text.replaceAll("`", "") !== present?.replaceAll("`", ""));
  const needed = new Set(analysed.flatMap(({ reads }) => [...reads.deciding]));
  for (const column of definition.columns) if (best.orderBy.some((element) => mentions(element, column.name))) needed.add(column.name);
  if (time !== null) needed.add(time);
  const screen = await createScreen(lab, definition, "partitions", rows, ROWS_FOR_PARTITIONS, needed);
  const grain = grainOf(screen.rows, total, statedGranularity(definition), statedBytes(definition));
  const bench = new Bench(lab, meter, definition, queries);
  const marksWith = async (partitionBy: string | null): Promise<number | null> => {
    const cost = await unlessRefused(
      bench.cost(
        { orderBy: best.orderBy, grain, stored: screen.stored, from: screen.from, parts: 1, purpose: "estimate", partitionBy },
        "estimate",
      ),
    );
    return cost instanceof ClickHouseError ? null : cost.marks;
  };
  const now = await marksWith(present);
  const pruning = queries.filter((_, index) => present !== null && prunes(definition, analysed[index]));
  if (present !== null) {
    remarks.push({
      kind: "partition-by",
      text: `PARTITION BY ${present}: ${count === null ? "its partitions could not be counted" : `${grouped(count)} partitions in the sample, about ${grouped(Math.round(perPartition))} rows each`}. ${pruning.length} of ${queries.length} queries have a condition on its columns; each of the others looks into every partition.`,
      from: "sample",
    });
    if (count !== null && count > MANY_PARTITIONS)
      remarks.push({
        kind: "partition-by",
        text: `${grouped(count)} partitions are too many: every insert writes a part per partition it touches, and every part costs memory and start-up time.`,
        from: "sample",
      });
    else if (count !== null && context.known && perPartition < FEW_ROWS && count > 24)
      remarks.push({
        kind: "partition-by",
        text: `About ${grouped(Math.round(perPartition))} rows per partition are few: coarser partitions would make fewer, larger parts.`,
        from: "sample",
      });
  }
  for (const alternative of alternatives) {
    const other = await marksWith(alternative === "" ? null : alternative);
    if (other === null || now === null || now === 0) continue;
    const change = Math.round((other / now - 1) * 100);
    if (Math.abs(change) < 10) continue;
    const what = alternative === "" ? "Without PARTITION BY" : `With PARTITION BY ${alternative.replaceAll("`", "")}`;
    remarks.push({
      kind: "partition-by",
      text: `${what} the workload would read ${Math.abs(change)} % ${change < 0 ? "less" : "more"} under this key (${grouped(Math.round(other))} marks against ${grouped(Math.round(now))}, by EXPLAIN ESTIMATE). Partitions are for dropping old data first, and for reading second.`,
      from: "sample",
    });
  }
  await lab.text(`DROP TABLE ${screen.from} SYNC`);
  return remarks;
}

async function partitionsOf(lab: Lab, expression: string): Promise<number | null> {
  const text = await unlessRefused(lab.text(`SELECT uniqExact(${expression}) FROM ${ROWS}`));
  return text instanceof ClickHouseError ? null : Number(rowsOf(text)[0]?.[0]);
}

/** A filter on a column of PARTITION BY that every row must pass. */
function prunes(definition: TableDefinition, analysed: Analysed | undefined): boolean {
  return (analysed?.reads.filters ?? []).some(
    ({ on, certain }) => certain && columnsIn(on).some((name) => mentions(definition.partitionBy ?? "", name)),
  );
}

function columnsIn(node: Analysed["reads"]["filters"][number]["on"]): string[] {
  if (node.kind === "column") return [node.name];
  return node.kind === "function" ? node.arguments.flatMap(columnsIn) : [];
}
