import type { Environment, Thresholds } from "../model/environment.ts";
import type { Calibration, GrowthReport, MeasuredGrowth } from "../model/growth.ts";
import { postgresEffects, type Evidence, type Finding, type RehearsalReport, type StatementReport } from "../model/report.ts";
import { growthReport, spellRows } from "../scale/growth/index.ts";

/** What was measured of each statement, as forecasts for every environment; by `<migration>#<index>`. */
export function growthOf(
  measured: readonly MeasuredGrowth[],
  calibration: Calibration | null | undefined,
  environments: readonly Environment[],
  thresholds: Thresholds,
): ReadonlyMap<string, GrowthReport> {
  const reports = new Map<string, GrowthReport>();
  if (calibration === null || calibration === undefined) return reports;
  for (const one of measured) {
    const report = growthReport(one, calibration, environments, thresholds);
    if (report !== null) reports.set(one.key, report);
  }
  return reports;
}

/** Findings about the work of a statement say how long it takes: an estimate where it was forecast, the time itself at full size. */
export function withTimes(
  findings: readonly Finding[],
  statementOf: (key: string) => StatementReport | undefined,
  rehearsal: RehearsalReport | null,
): Finding[] {
  return findings.map((finding) => {
    if (finding.migration === null || finding.statement === null) return finding;
    if (!finding.evidence.some(({ kind }) => kind === "lock" || kind === "rewrite" || kind === "scan")) return finding;
    const statement = statementOf(`${finding.migration}#${finding.statement}`);
    const times = statement === undefined ? [] : [...estimates(statement), ...own(statement, rehearsal)];
    return times.length === 0 ? finding : { ...finding, evidence: [...finding.evidence, ...times] };
  });
}

function estimates({ growth }: StatementReport): Evidence[] {
  return (growth?.estimates ?? []).map((estimate) => ({
    kind: "time",
    text: `${estimate.environment}: ${estimate.text}`,
    from: "estimate",
    value: estimate,
  }));
}

function own({ durationMs, observed }: StatementReport, rehearsal: RehearsalReport | null): Evidence[] {
  if (rehearsal?.fullSize == null || durationMs === null) return [];
  const seconds = durationMs / 1000;
  const text =
    seconds < 1 ? `${Math.round(durationMs)} ms` : seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} minutes`;
  const locked = new Set(postgresEffects(observed)?.locks.map((lock) => lock.relation));
  const rows = Math.max(0, ...rehearsal.fullSize.tables.filter(({ table }) => locked.has(table)).map((table) => table.rows));
  return [
    {
      kind: "time",
      text: `took ${text} at full size`,
      from: "rehearsed",
      value: { durationMs },
      witness: `measured on your clone: ${rehearsal.server}${rows === 0 ? "" : `, ${spellRows(rows)} rows`}`,
    },
  ];
}
