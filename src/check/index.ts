import type { Problem } from "../model/migration.ts";
import type { Report } from "../model/report.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { buildReport } from "./build-report.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { CheckOptions } from "./options.ts";
import { readWrongly } from "./read-wrongly.ts";

export type { CheckOptions } from "./options.ts";

export interface CheckResult {
  readonly report: Report;
  /** Design section 6. */
  readonly exitCode: number;
}

/**
 * Reads the migrations and the live versions, predicts every statement's effects, and judges them. Touches no database.
 * @param version of tread, for the report
 */
export async function check(options: CheckOptions, version: string): Promise<CheckResult> {
  const analysis = withProblems(await analyse(options));
  const report = buildReport(analysis, version, null);
  return { report, exitCode: exitCodeOf(report, options.config.policy) };
}

/** Adds what only the whole shows: versions that were read wrongly, and that there was nothing to judge. */
export function withProblems(analysis: Analysis): Analysis {
  const problems: Problem[] = [...analysis.problems, ...readWrongly(analysis.views)];
  const examined = analysis.views.some(
    (view) => view.judged.flat().length > 0 || view.applied.some((m) => m.statements.length > 0) || (view.held ?? []).length > 0,
  );
  if (!examined && !problems.some((problem) => problem.fatal)) {
    problems.push({
      code: "nothing-found",
      message: "the migrations that were found hold no statements",
      help: "a check that examined nothing has not passed: name the folder that holds the migrations, or list it under `sources` in tread.config.yaml",
      span: null,
      fatal: true,
    });
  }
  return { ...analysis, problems };
}
