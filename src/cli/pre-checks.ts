import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Report } from "../model/report.ts";

/** @returns whether the script itself was printed, so that no report may stand around it */
export function writePreChecks(report: Report, file: string): boolean {
  const { count, sql } = preCheckScript(report);
  if (file === "-") {
    process.stdout.write(sql);
    return true;
  }
  writeFileSync(resolve(process.cwd(), file), sql);
  process.stderr.write(`wrote ${count} pre-check${count === 1 ? "" : "s"} to ${file}\n`);
  return false;
}

/** The queries that decide findings, each once, as one script that only reads. What it prints is a facts file. */
export function preCheckScript(report: Report): { readonly count: number; readonly sql: string } {
  const queries = new Map<string, string[]>();
  for (const finding of report.findings) {
    for (const { kind, value } of finding.evidence) {
      if (kind !== "query" || typeof value !== "string") continue;
      const place = finding.span === null ? (finding.migration ?? "") : `${finding.span.file}:${finding.span.line}`;
      const known = queries.get(value) ?? [];
      known.push(`${place} ${finding.rule}: ${finding.message}`);
      queries.set(value, known);
    }
  }
  const head = [
    "-- Queries that decide findings of `tread check`. They only read, and each prints one line.",
    "-- Run them where the rows are: on one replica of every shard, and give all the answers back.",
    "--   clickhouse-client --host HOST --readonly 1 --queries-file THIS_FILE > facts.jsonl",
    "--   tread check --facts facts.jsonl",
  ];
  const body = [...queries].flatMap(([query, asks]) => [
    "",
    ...asks.map((ask) => `-- ${ask.replaceAll(/\s+/g, " ")}`),
    `SELECT ${quoted(query)} AS query, (${query}) AS value, formatDateTime(now('UTC'), '%Y-%m-%dT%H:%i:%SZ') AS at, hostName() AS host FORMAT JSONEachRow;`,
  ]);
  return { count: queries.size, sql: `${[...head, ...body].join("\n")}\n` };
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll(/\s+/g, " ")}'`;
}
