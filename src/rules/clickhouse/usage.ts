import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { Evidence, Severity } from "../../model/report.ts";
import type { ClickHouseContext } from "./rule.ts";
import { list } from "./words.ts";

export interface Usage {
  readonly severity: Severity;
  readonly breaks: boolean;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  readonly liveVersions: readonly string[];
}

/** Who still uses what is taken away: an error where a live version breaks, or where nobody said what is live. */
export function usageOf(statement: ClickHouseJudged, context: ClickHouseContext, what: string): Usage {
  const breaks = context.breaks(statement).filter(({ use }) => use === "certain");
  if (breaks.length > 0) {
    const versions = [...new Set(breaks.map(({ version }) => version))];
    return {
      severity: "error",
      breaks: true,
      sentence: `${breaks.length === 1 ? "A query" : `${breaks.length} queries`} of ${list(versions)} ${breaks.length === 1 ? "names" : "name"} ${what} and ${breaks.length === 1 ? "fails" : "fail"} from here on.`,
      evidence: context.breakEvidence(breaks),
      liveVersions: versions,
    };
  }
  if (context.liveVersions.length === 0)
    return {
      severity: "error",
      breaks: false,
      sentence: `No version is on record as live, so ${what} is presumed to be in use (\`live:\` names the queries of those that serve).`,
      evidence: [],
      liveVersions: [],
    };
  return {
    severity: "warning",
    breaks: false,
    sentence: `No query of ${list(context.liveVersions)} names ${what}.`,
    evidence: [],
    liveVersions: [],
  };
}
