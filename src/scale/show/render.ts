import { spellBytes } from "../../text/bytes.ts";
import { counted, grouped } from "../../text/numbers.ts";
import { oneLine } from "../../text/visible.ts";
import { displayWidth, truncate } from "../../text/width.ts";
import type { Overview, ShownTable } from "./overview.ts";

const HEAD = ["table", "rows", "size", "indexes", "reads/s", "writes/s", "longest tx", ""] as const;
/** What counts on ClickHouse: indexes are sparse, and no transaction waits. */
const CLICKHOUSE_HEAD = ["table", "rows", "size", "parts", "partitions", "selects/s", "inserts/s", ""] as const;
/** Numbers stand right so that they can be compared. */
const RIGHT = new Set([1, 2, 3, 4, 5, 6]);

function headOf({ server }: Overview): readonly string[] {
  return server.engine === "clickhouse" ? CLICKHOUSE_HEAD : HEAD;
}

function clickhouseCells(table: ShownTable, own: NonNullable<ShownTable["clickhouse"]>): readonly string[] {
  const marks = [
    table.large ? "large" : "",
    table.hot ? "hot" : "",
    own.engine ?? "",
    own.freeBytes === null || table.bytes === null || own.freeBytes > table.bytes ? "" : `${spellBytes(own.freeBytes)} free`,
  ];
  return [
    oneLine(table.table),
    number(table.rows),
    table.bytes === null ? "?" : spellBytes(table.bytes),
    number(own.parts),
    number(own.partitions),
    number(table.readsPerSecond),
    number(table.writesPerSecond),
    marks.filter((mark) => mark !== "").join(", "),
  ];
}

function cells(table: ShownTable): readonly string[] {
  if (table.clickhouse !== undefined) return clickhouseCells(table, table.clickhouse);
  const marks = [
    table.large ? "large" : "",
    table.hot ? "hot" : "",
    table.rows === null ? "never analyzed" : "",
    table.partitionOf === null ? "" : `in ${oneLine(table.partitionOf)}`,
  ];
  return [
    oneLine(table.table),
    number(table.rows),
    table.bytes === null ? "?" : spellBytes(table.bytes),
    table.indexBytes === null ? "?" : spellBytes(table.indexBytes),
    number(table.readsPerSecond),
    number(table.writesPerSecond),
    table.longestTransactionSeconds === null ? "?" : seconds(table.longestTransactionSeconds),
    marks.filter((mark) => mark !== "").join(", "),
  ];
}

function totals({ totals: t, server }: Overview): readonly string[] {
  if (server.engine === "clickhouse") {
    const bytes = t.bytes === null ? "?" : spellBytes(t.bytes);
    return [
      `total of ${counted(t.tables, "table")}`,
      number(t.rows),
      bytes,
      "",
      "",
      number(t.readsPerSecond),
      number(t.writesPerSecond),
      "",
    ];
  }
  return [
    `total of ${counted(t.tables, "table")}`,
    number(t.rows),
    t.bytes === null ? "?" : spellBytes(t.bytes),
    t.indexBytes === null ? "?" : spellBytes(t.indexBytes),
    number(t.readsPerSecond),
    number(t.writesPerSecond),
    "",
    "",
  ];
}

function number(value: number | null): string {
  return value === null ? "?" : grouped(value);
}

function seconds(value: number): string {
  if (value < 90) return `${value} s`;
  return value < 5400 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}

function age(overview: Overview): string {
  return overview.ageDays === 0 ? "today" : `${counted(overview.ageDays, "day")} ago`;
}

function headline(overview: Overview): string {
  const engine = overview.server.engine === "postgres" ? "PostgreSQL" : "ClickHouse";
  const hosts = Math.max(0, ...overview.tables.map((table) => table.clickhouse?.hosts ?? 0));
  const used = overview.environments.length === 0 ? "" : ` · ${overview.environments.map(oneLine).join(", ")}`;
  return `${oneLine(overview.file)}${used} · ${engine} ${oneLine(overview.server.version)}${hosts > 1 ? ` on ${counted(hosts, "host")}` : ""} · collected ${overview.collectedAt.slice(0, 10)}, ${age(overview)}`;
}

const OLD = "old: tables grow and new ones appear; collect it again with `tread scale collect`";

function legend(overview: Overview): string {
  const { largeRows, hotReadsPerSecond } = overview.thresholds;
  if (overview.server.engine === "clickhouse")
    return `large: from ${grouped(largeRows)} rows; ?: not known; sizes in steps of 1024; summed over shards, the largest replica of each; free: on the host with the least, where it is less than the table`;
  return `large: from ${grouped(largeRows)} rows; hot: from ${grouped(hotReadsPerSecond)} reads per second; ?: not known; sizes in steps of 1024, size without indexes`;
}

/** @param width columns of the terminal */
export function textOf(
  overviews: readonly Overview[],
  width: number,
  paint: { readonly bold: (t: string) => string; readonly dim: (t: string) => string; readonly warn: (t: string) => string },
): string {
  return overviews
    .map((overview) => {
      const rows = [headOf(overview), ...overview.tables.map(cells), totals(overview)];
      const widths = headOf(overview).map((_, i) => Math.max(...rows.map((row) => displayWidth(row[i] ?? ""))));
      // The name gives way when the terminal is narrow; numbers never do.
      const others = widths.slice(1).reduce((sum, w) => sum + w + 2, 2);
      widths[0] = Math.max(16, Math.min(widths[0] ?? 0, Math.max(40, width) - others));
      const line = (row: readonly string[]): string =>
        `  ${row.map((cell, i) => pad(i === 0 ? truncate(cell, widths[0] ?? 16) : cell, widths[i] ?? 0, RIGHT.has(i))).join("  ")}`.trimEnd();
      const [head = headOf(overview), ...body] = rows;
      const last = body.pop() ?? [];
      return [
        paint.bold(headline(overview)),
        ...(overview.old ? [paint.warn(`  ${OLD}`)] : []),
        paint.dim(line(head)),
        ...body.map((row) =>
          row[7]?.startsWith("large") === true || row[7]?.includes("hot") === true ? paint.warn(line(row)) : line(row),
        ),
        paint.bold(line(last)),
        paint.dim(`  ${legend(overview)}`),
        "",
      ].join("\n");
    })
    .join("\n");
}

export function markdownOf(overviews: readonly Overview[]): string {
  const row = (values: readonly string[]): string => `| ${values.map((value) => value.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
  return overviews
    .map((overview) =>
      [
        `### ${headline(overview)}`,
        "",
        ...(overview.old ? [`> ${OLD}`, ""] : []),
        row(headOf(overview)),
        `|${HEAD.map((_, i) => (RIGHT.has(i) ? " ---: " : " --- ")).join("|")}|`,
        ...overview.tables.map((table) => row(cells(table))),
        row(totals(overview).map((cell) => (cell === "" ? "" : `**${cell}**`))),
        "",
        legend(overview),
        "",
      ].join("\n"),
    )
    .join("\n");
}

/** `tread.scale-overview/1`. */
export function jsonOf(overviews: readonly Overview[]): string {
  return `${JSON.stringify({ format: "tread.scale-overview/1", profiles: overviews }, null, 2)}\n`;
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? `${blanks}${text}` : `${text}${blanks}`;
}
