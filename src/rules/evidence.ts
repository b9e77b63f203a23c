import { blocksReads, blocksWrites, spellLock } from "../model/effects.ts";
import type { TableSize } from "../model/environment.ts";
import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { Evidence } from "../model/report.ts";
import { tableOfIndex, union } from "./effects.ts";
import type { Traffic } from "./rule.ts";
import { bytes, count, counted, milliseconds, named } from "./words.ts";
import { spellCode } from "../model/report.ts";

export function sizeEvidence(environment: string, table: string, size: TableSize): Evidence {
  if (size.rows === null) {
    return {
      kind: "rows",
      text: `${environment}: ${named(table)}: ${size.witness}`,
      from: "static",
      value: { environment, table, rows: null },
    };
  }
  const onDisk = size.bytes === null ? "" : ` (${bytes(size.bytes)})`;
  return {
    kind: "rows",
    text: `${environment}: ${counted(size.rows, "row")} in ${named(table)}${onDisk}, ${size.witness}`,
    from: "scale-profile",
    value: { environment, table, rows: size.rows, bytes: size.bytes },
  };
}

export function trafficEvidence(environment: string, table: string, traffic: Traffic): readonly Evidence[] {
  if (traffic.witness === null || traffic.readsPerSecond === null) return [];
  const writes = traffic.writesPerSecond === null ? "" : ` and ${count(traffic.writesPerSecond)} writes`;
  const longest =
    traffic.longestTransactionSeconds === null
      ? ""
      : `; the longest transaction seen there ran ${milliseconds(traffic.longestTransactionSeconds * 1000)}`;
  return [
    {
      kind: "time",
      text: `${environment}: ${count(traffic.readsPerSecond)} reads${writes} per second on ${named(table)}${longest}, ${traffic.witness}`,
      from: "scale-profile",
      value: { environment, table, ...traffic },
    },
  ];
}

// A report with 40 broken queries helps nobody more than one with 3: the matrix has them all.
const QUERIES_SHOWN = 3;

export function breakEvidence(breaks: readonly VersionBreak[]): readonly Evidence[] {
  const lines: Evidence[] = breaks.slice(0, QUERIES_SHOWN).map((query) => ({
    kind: "query",
    text: `${query.version}: ${query.origin}: ${spellCode(query.sqlstate)}: ${query.error}: ${oneLine(query.query)}`,
    from: query.from,
    value: { version: query.version, origin: query.origin, sqlstate: query.sqlstate, query: query.query, use: query.use },
  }));
  const more = breaks.length - QUERIES_SHOWN;
  if (more > 0) {
    lines.push({
      kind: "query",
      text: `and ${counted(more, "more query", "more queries")}: all of them are in the compatibility matrix`,
      from: breaks[0]?.from ?? "static",
      value: { more },
    });
  }
  return lines;
}

function oneLine(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 157)}…` : line;
}

export function effectEvidence(judged: JudgedStatement, tables: readonly string[] | null, rehearsedOn: string | null): readonly Evidence[] {
  const effects = union(judged);
  const { observed } = judged;
  const until = judged.statement.transaction === null && !judged.before.session.inTransaction ? "" : " until the transaction ends";
  const seen = (wasObserved: boolean): Evidence["from"] => (wasObserved ? "rehearsed" : "static");
  const about = (table: string): boolean => tables === null || tables.includes(table);
  const lines: Evidence[] = [];
  for (const { relation, mode } of effects.locks.filter((lock) => about(lock.relation) && blocksWrites(lock.mode))) {
    lines.push({
      kind: "lock",
      text: `${spellLock(mode)} on ${named(relation)}${until}: blocks ${blocksReads(mode) ? "reads and writes" : "writes"}`,
      from: seen(observed?.locks.some((lock) => lock.relation === relation && lock.mode === mode) ?? false),
      value: { relation, mode },
    });
  }
  for (const table of effects.rewrites.filter(about)) {
    lines.push({
      kind: "rewrite",
      text: `every row of ${named(table)} and all its indexes are written again`,
      from: seen(observed?.rewrites.includes(table) ?? false),
      value: { relation: table },
    });
  }
  for (const table of effects.scans.filter((candidate) => about(candidate) && !effects.rewrites.includes(candidate))) {
    lines.push({
      kind: "scan",
      text: `every row of ${named(table)} is read${effects.locks.some((lock) => lock.relation === table && blocksWrites(lock.mode)) ? " while the lock is held" : ""}`,
      from: seen(observed?.scans.includes(table) ?? false),
      value: { relation: table },
    });
  }
  const builds = effects.indexBuilds.filter((index) => tables === null || about(tableOfIndex(judged, index, effects.locks) ?? ""));
  if (builds.length > 0 && effects.rewrites.length === 0) {
    lines.push({
      kind: "scan",
      text: `built: ${builds.map(named).join(", ")}`,
      from: seen(builds.every((index) => observed?.indexBuilds.includes(index) ?? false)),
      value: { indexes: builds },
    });
  }
  if (effects.error !== null) {
    lines.push({
      kind: "error",
      text: `SQLSTATE ${effects.error.sqlstate}: ${effects.error.message}${observed?.error && rehearsedOn ? ` (${rehearsedOn})` : ""}`,
      from: seen((observed?.error ?? null) !== null),
      value: effects.error,
    });
  }
  return lines;
}
