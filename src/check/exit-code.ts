import type { ParsedConfig } from "../config/parsed-config.ts";
import type { Report } from "../model/report.ts";
import { atLeast } from "./verdict.ts";

/**
 * Design section 6: 3 (could not check, or not completely) before 1 (findings); an *unknown* verdict counts only where nothing is
 * at the threshold. Usage and configuration errors never get as far as a report.
 */
export function exitCodeOf(report: Report, policy: ParsedConfig["policy"]): number {
  if (report.problems.some((problem) => problem.fatal)) return 3;
  if (report.coverage.unparsed > 0) return 3;
  if (report.findings.some((finding) => finding.rule === "witness-disagreement")) return 3;
  if (report.findings.some((finding) => atLeast(finding.severity, policy.failOn))) return 1;
  return report.verdict === "unknown" ? 3 : 0;
}
