import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { Evidence, Severity } from "../../model/report.ts";
import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import { withStages } from "../staged.ts";
import { capital } from "../words.ts";
import type { ClickHouseContext } from "./rule.ts";
import { list } from "./words.ts";

export interface Usage {
  readonly severity: Severity;
  readonly breaks: boolean;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  readonly liveVersions: readonly string[];
}

/** The same with what the releases on record say, where there are any. */
export function stagedUsageOf(
  statement: ClickHouseJudged,
  change: ClickHouseChange,
  context: ClickHouseContext,
  what: string,
): Usage & { readonly help: string | null } {
  const used = usageOf(statement, context, what, DROPS.has(change.kind));
  const stages = withStages(context.staged(statement, change), context.environment.name, used, false);
  const { severity, evidence, help } = stages;
  const sentence = stages.sentence === used.sentence ? used.sentence : `${capital(stages.sentence.replace(/\.\)$/, ")"))}.`;
  return { ...used, severity, evidence, help, sentence };
}

const DROPS: ReadonlySet<ClickHouseChange["kind"]> = new Set(["drop-column", "drop-table", "drop-database"]);

/** Who still uses what is taken away: an error where a live version breaks, or where nobody said what is live. */
function usageOf(statement: ClickHouseJudged, context: ClickHouseContext, what: string, drops: boolean): Usage {
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
    // What is only emptied fails nobody, and says nothing to who reads it.
    sentence: drops
      ? `No query of ${list(context.liveVersions)} names ${what}.`
      : `No query of ${list(context.liveVersions)} fails by it; one that reads ${what} finds nothing.`,
    evidence: [],
    liveVersions: [],
  };
}
