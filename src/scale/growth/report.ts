import { type Environment, sizeOf, type TableScale, type Thresholds } from "../../model/environment.ts";
import type { Calibration, GrowthEstimate, GrowthReport, MeasuredGrowth } from "../../model/growth.ts";
import { displayName } from "../../model/schema.ts";
import { intervalAt, ratePerMillionRows } from "./estimate.ts";
import { type Fit, fitGrowth, type TargetSize, valueAt } from "./fit.ts";
import { spellInterval, spellList, spellRows } from "./words.ts";

/**
 * What the measurements of one statement mean in every environment.
 * @returns null where the sizes do not differ: nothing can be said about growth then
 */
export function growthReport(
  measured: MeasuredGrowth,
  calibration: Calibration,
  environments: readonly Environment[],
  thresholds: Thresholds,
): GrowthReport | null {
  const fit = fitGrowth(measured);
  if (fit === null) return null;
  return {
    model: fit.chosen.model,
    per: fit.chosen.per,
    table: measured.table,
    sizes: fit.sizes,
    calibration,
    estimates: environments.flatMap((environment) => estimateFor(environment, measured, fit, thresholds)),
    unknown: fit.chosen.model === "constant" ? [] : unknownOf(measured),
  };
}

function unknownOf({ work }: MeasuredGrowth): string[] {
  switch (work) {
    case "index-build":
      return ["your disks", "your processors (parallel workers were off here)", "the collation of text columns (C here)"];
    case "rewrite":
      return ["your disks"];
    case "write":
      return ["your disks", "what else writes meanwhile"];
    case "scan":
      return ["your disks"];
    default:
      return work satisfies never;
  }
}

function estimateFor(environment: Environment, measured: MeasuredGrowth, fit: Fit, thresholds: Thresholds): GrowthEstimate[] {
  const { table } = measured;
  const from = `estimated from ${spellList(fit.sizes.map((size) => spellRows(size.rows)))} rows`;
  const named = { environment: environment.name, table };
  const profiled = scaleOf(environment, table);
  if (profiled === null || profiled.rows === null) {
    if (sizeOf(environment, table, thresholds).kind === "small") return [];
    return [{ ...named, rows: null, lowMs: null, highMs: null, text: rateText(fit, from) }];
  }
  const rows = profiled.rows;
  const last = fit.sizes.at(-1);
  if (last === undefined) return [];
  const target: TargetSize = { rows, bytes: profiled.bytes, indexBytes: profiled.indexBytes };
  const { lowMs, highMs } = withOthers(intervalAt(fit, target), environment, measured, rows / last.rows);
  const interval = spellInterval(lowMs, highMs);
  const text =
    fit.chosen.model === "constant"
      ? `${interval}, not measurably dependent on rows: measured at ${spellList(fit.sizes.map((size) => spellRows(size.rows)))} rows`
      : rows <= last.rows
        ? `${interval} at ${spellRows(rows)} rows of ${displayName(table)}, within what was measured here`
        : `${interval} at ${spellRows(rows)} rows, ${from}; unknown: ${spellList(unknownOf(measured))}${disksOf(fit, target)}`;
  return [{ ...named, rows, lowMs: Math.round(lowMs), highMs: Math.ceil(highMs), text }];
}

/**
 * The other tables of a statement (the referenced one of a foreign key) rarely grow in step with the first. All of the cost may lie
 * with either, so the interval reaches from one to the other.
 */
function withOthers(
  interval: { readonly lowMs: number; readonly highMs: number },
  environment: Environment,
  measured: MeasuredGrowth,
  factor: number,
): { readonly lowMs: number; readonly highMs: number } {
  let [here, there] = [measured.sizes.at(-1)?.rows ?? 0, (measured.sizes.at(-1)?.rows ?? 0) * factor];
  for (const { table, rows } of measured.others) {
    const seen = rows.at(-1) ?? 0;
    here += seen;
    there += scaleOf(environment, table)?.rows ?? seen * factor;
  }
  const together = here === 0 || factor === 0 ? 1 : there / here / factor;
  return { lowMs: interval.lowMs * Math.min(1, together), highMs: interval.highMs * Math.max(1, together) };
}

function rateText(fit: Fit, from: string): string {
  const rate = ratePerMillionRows(fit);
  const sizes = spellList(fit.sizes.map((size) => spellRows(size.rows)));
  if (rate === null) {
    const { lowMs, highMs } = intervalAt(fit, { rows: fit.sizes.at(-1)?.rows ?? 0, bytes: null, indexBytes: null });
    return `${spellInterval(lowMs, highMs)}, not measurably dependent on rows: measured at ${sizes} rows`;
  }
  const shape =
    fit.chosen.model === "quadratic"
      ? "at a million rows, and four times that for twice the rows"
      : `per million rows${fit.chosen.model === "n-log-n" ? " at a million, a little more beyond" : ""}`;
  return `${spellInterval(rate.lowMs, rate.highMs)} ${shape}, ${from}; unknown: the size of the table there, your disks`;
}

/** From here on nobody's cache holds it all. */
const ON_DISK_BYTES = 4e9;

/** What the estimate takes for granted: that the disks deliver at least so much. */
function disksOf(fit: Fit, target: TargetSize): string {
  const last = fit.sizes.at(-1);
  if (last === undefined) return "";
  const bytes = (target.bytes ?? (last.bytes * target.rows) / Math.max(1, last.rows)) * (fit.work === "rewrite" ? 2 : 1);
  const ms = valueAt(fit.chosen, target, last);
  const rate = bytes / 1e6 / (ms / 1000);
  return bytes < ON_DISK_BYTES || !(rate >= 1) ? "" : ` (they must keep up with ${Math.round(rate)} MB/s)`;
}

function scaleOf(environment: Environment, table: string): TableScale | null {
  for (const profile of environment.profiles) {
    const found = profile.server.engine === "postgres" ? profile.tables.find((entry) => entry.table === table) : undefined;
    if (found !== undefined) return found;
  }
  // Of ClickHouse there is an entry per host: the largest replica is what one server has to do.
  const replicas = environment.profiles.flatMap(({ server, tables }) =>
    server.engine === "clickhouse" ? tables.filter((entry) => entry.table === table) : [],
  );
  return replicas.reduce<TableScale | null>((most, entry) => (most === null || (entry.rows ?? 0) > (most.rows ?? 0) ? entry : most), null);
}
