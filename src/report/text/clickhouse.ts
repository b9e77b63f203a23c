import { oneLine } from "../../text/visible.ts";
import { truncate } from "../../text/width.ts";
import { clickhouseRows } from "../clickhouse.ts";
import { counted } from "../facts.ts";
import { tableRows } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";

// A check is read for its findings; the table beside them must not bury them.
const FEW = 20;

/** What each ClickHouse statement does: its class, what is written anew, and what nobody would be told. */
export function clickhouseText(canvas: Canvas): string[] {
  const { report, style, width, verbose } = canvas;
  const all = clickhouseRows(report);
  if (all.length === 0) return [];
  // Where some are left out, those that only change metadata are.
  const kept = verbose || all.length <= FEW ? all : all.filter((row) => row.grave || row.class !== "metadata").slice(0, FEW);
  const [heading = [], ...printed] = tableRows(
    [
      { cells: ["#", "statement", "class", "what it does"], style: style.dim },
      ...kept.map((row) => ({
        cells: [
          String(row.index),
          truncate(oneLine(row.sql), Math.max(24, Math.floor(width * 0.4))),
          row.class,
          row.did.map(oneLine).join("; "),
        ],
        style: row.grave ? (text: string): string => style.severity("error", text) : undefined,
      })),
    ],
    width,
    "  ",
  );
  const lines = [`${style.bold("ClickHouse")}   what each statement does`, "", ...heading];
  for (const [at, row] of kept.entries()) {
    if (row.migration !== kept[at - 1]?.migration) lines.push(`  ${style.bold(oneLine(row.migration))}`);
    lines.push(...(printed[at] ?? []));
  }
  if (kept.length < all.length)
    lines.push(style.dim(`  and ${counted(all.length - kept.length, "other statement")} (listed with --verbose)`));
  return [...lines, ""];
}
