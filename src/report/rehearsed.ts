import type { PostgresEffects, TableLock } from "../model/effects.ts";
import { blocksReads, blocksWrites, LOCK_MODES, spellLock } from "../model/effects.ts";
import { isClickHouseEffects, spellCode, type RehearsalReport, type Report, type StatementReport } from "../model/report.ts";
import { displayName } from "../model/schema.ts";
import { clickhouseDid } from "./clickhouse.ts";
import { counted, duration, grouped, nameOf } from "./facts.ts";

/** A rehearsal as rows: what each statement did, in words that every format prints. */
export interface RehearsedRow {
  readonly migration: string;
  readonly index: number;
  readonly statement: string;
  readonly time: string;
  readonly stall: string;
  /** `person ACCESS EXCLUSIVE`, `rewrites person`, `SQLSTATE 42703 …`; `–` for nothing. */
  readonly did: readonly string[];
  readonly failed: boolean;
}

export function rehearsedRows(report: Report): RehearsedRow[] {
  return report.migrations
    .filter((migration) => migration.judged)
    .flatMap((migration) => {
      let held: readonly TableLock[] = [];
      return migration.statements.map((statement): RehearsedRow => {
        const did = whatItDid(statement, held);
        ({ held } = statement);
        return {
          migration: migration.id,
          index: statement.index,
          statement: nameOf(statement),
          time: statement.durationMs === null ? "–" : duration(statement.durationMs),
          stall: statement.traffic === null ? "–" : duration(statement.traffic.longestStallMs),
          did: did.length === 0 ? ["–"] : did,
          failed: statement.observed?.error != null || (statement.traffic?.failed.length ?? 0) > 0,
        };
      });
    });
}

function whatItDid(statement: StatementReport, held: readonly TableLock[]): string[] {
  const { observed, traffic } = statement;
  const did: string[] = [];
  if (observed !== null && isClickHouseEffects(observed)) did.push(...clickhouseDid(observed));
  else if (observed !== null) {
    if (observed.error !== null) did.push(`failed: SQLSTATE ${observed.error.sqlstate} ${observed.error.message}`);
    for (const lock of newLocks(observed, held)) did.push(`${displayName(lock.relation)} ${spellLock(lock.mode)}, blocks ${blocked(lock)}`);
    if (observed.rewrites.length > 0) did.push(`rewrites ${observed.rewrites.map(displayName).join(", ")}`);
    if (observed.scans.length > 0) did.push(`reads every row of ${observed.scans.map(displayName).join(", ")}`);
    if (observed.indexBuilds.length > 0) did.push(`builds ${observed.indexBuilds.map(displayName).join(", ")}`);
  }
  if (statement.notObserved !== null) did.push(`not observed: ${statement.notObserved}`);
  for (const failed of traffic?.failed ?? []) {
    did.push(`${failed.version}: ${counted(failed.count, "query", "queries")} failed, ${spellCode(failed.sqlstate)}: ${failed.example}`);
  }
  return did;
}

/** Locks that the transaction did not hold already. */
function newLocks(observed: PostgresEffects, held: readonly TableLock[]): readonly TableLock[] {
  const rank = (lock: TableLock): number => LOCK_MODES.indexOf(lock.mode);
  return observed.locks.filter((lock) => !held.some((other) => other.relation === lock.relation && rank(other) >= rank(lock)));
}

function blocked(lock: TableLock): string {
  if (blocksReads(lock.mode)) return "reads and writes";
  if (blocksWrites(lock.mode)) return "writes";
  return lock.mode === "ShareUpdateExclusive" ? "other schema changes only" : "nothing that the app does";
}

/** What each statement is estimated to take in each environment: `cloud: 4 to 7 hours at 2.0 billion rows, …`. */
export function growthLines(report: Report): readonly { readonly statement: string; readonly text: string }[] {
  return report.migrations
    .filter((migration) => migration.judged)
    .flatMap((migration) =>
      migration.statements.flatMap((statement) =>
        (statement.growth?.estimates ?? []).map(({ environment, text }) => ({
          statement: `${migration.id}#${statement.index}`,
          text: `${environment}: ${text}`,
        })),
      ),
    );
}

/** `writes 310 MB/s, scans 1,900 MB/s`. */
export function calibrationText({ calibration }: RehearsalReport): string | null {
  if (calibration === null || calibration === undefined) return null;
  return `writes ${grouped(calibration.writeMbPerSecond)} MB/s, scans ${grouped(calibration.scanMbPerSecond)} MB/s`;
}

/** `person 200,000 rows for 2,004,118,230`. */
export function seededLine(rehearsal: RehearsalReport): string {
  const { fullSize } = rehearsal;
  if (fullSize !== null && fullSize !== undefined) {
    const largest = fullSize.tables.slice(0, 4).map((table) => `${displayName(table.table)} ${grouped(table.rows)} rows`);
    return `at full size on your clone ${fullSize.server}, ${grouped(fullSize.bytes / 1e9)} GB: ${largest.join(", ")}`;
  }
  const shown = [...rehearsal.seeded].sort((a, b) => b.rows - a.rows).slice(0, 4);
  const parts = shown.map((table) => {
    const scaled = table.scaledFrom === null || table.scaledFrom === table.rows ? "" : ` for ${grouped(table.scaledFrom)}`;
    return `${displayName(table.table)} ${grouped(table.rows)} rows${scaled}`;
  });
  const more = rehearsal.seeded.length - shown.length;
  return parts.length === 0 ? "no rows seeded" : `${parts.join(", ")}${more > 0 ? ` and ${counted(more, "other table")}` : ""}`;
}

/** The same traffic with and without the migration, side by side. */
export function trafficLines(rehearsal: RehearsalReport): readonly { readonly label: string; readonly text: string }[] {
  const line = (t: RehearsalReport["traffic"]): string =>
    `${counted(t.queries, "query", "queries")} in ${duration(t.seconds * 1000)} · longest stall ${duration(t.longestStallMs)} · ${grouped(t.failed)} failed`;
  return [
    { label: "traffic during", text: line(rehearsal.traffic) },
    { label: "traffic without", text: line(rehearsal.baseline) },
  ];
}
