import type { Analysis } from "../check/analyse.ts";
import type { EnvironmentView } from "../check/environment-view.ts";
import { sizeOf } from "../model/environment.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Finding, Report } from "../model/report.ts";
import type { TextFile } from "./text-file.ts";

/** The state of a project that a round of fixes starts from. */
export interface Checked {
  readonly analysis: Analysis;
  readonly report: Report;
  readonly exitCode: number;
}

export type Read = (absolute: string) => Uint8Array | null;

/** A finding with everything around it. */
export interface Place {
  readonly finding: Finding;
  readonly view: EnvironmentView;
  readonly judged: JudgedStatement;
  readonly siblings: readonly JudgedStatement[];
  readonly release: readonly JudgedStatement[];
  readonly file: TextFile | null;
  readonly checked: Checked;
}

/** What is only worth knowing is left alone, unless the fix asks for it and a table is not known to be small everywhere. */
export function isWorthwhile({ finding, judged, checked }: Place, evenInfo: boolean): boolean {
  if (finding.severity !== "info") return true;
  const { environments, thresholds } = checked.analysis.options.config;
  const locks = judged.predicted?.locks ?? [];
  return evenInfo && locks.some(({ relation }) => environments.some((each) => sizeOf(each, relation, thresholds).kind !== "small"));
}
