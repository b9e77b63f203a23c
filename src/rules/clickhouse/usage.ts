import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
import type { VersionBreak } from "../../model/judged.ts";
import type { Evidence, Severity } from "../../model/report.ts";
import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import { bareName } from "../../model/schema.ts";
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
  const used = usageOf(statement, change, context, what);
  const stages = withStages(context.staged(statement, change), context.environment.name, used, false);
  const { severity, evidence, help } = stages;
  const sentence = stages.sentence === used.sentence ? used.sentence : `${capital(stages.sentence.replace(/\.\)$/, ")"))}.`;
  return { ...used, severity, evidence, help, sentence };
}

const DROPS: ReadonlySet<ClickHouseChange["kind"]> = new Set(["drop-column", "drop-table", "drop-database"]);

/** Who still uses what is taken away: an error where a live version breaks, or where nobody said what is live. */
function usageOf(statement: ClickHouseJudged, change: ClickHouseChange, context: ClickHouseContext, what: string): Usage {
  const breaks = brokenBy(change, statement, context);
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
    sentence: DROPS.has(change.kind)
      ? `No query of ${list(context.liveVersions)} names ${what}.`
      : `No query of ${list(context.liveVersions)} fails by it; one that reads ${what} finds nothing.`,
    evidence: [],
    liveVersions: [],
  };
}

/** Of a statement that takes several things away, what fails for want of this one: a query that names none of them stands for each. */
function brokenBy(change: ClickHouseChange, statement: ClickHouseJudged, context: ClickHouseContext): readonly VersionBreak[] {
  const breaks = context.breaks(statement).filter(({ use }) => use === "certain");
  const own = goingName(change);
  const others = statement.statement.changes.map(goingName).filter((name) => name !== null && name !== own);
  if (own === null || others.length === 0) return breaks;
  const words = (sql: string): ReadonlySet<string> => new Set(sql.match(/\w+/g));
  return breaks.filter(({ query }) => {
    const named = words(query);
    return named.has(own) || others.every((name) => name === null || !named.has(name));
  });
}

function goingName(change: ClickHouseChange): string | null {
  if (change.kind === "drop-column" || change.kind === "clear-column") return change.column;
  return change.kind === "drop-table" || change.kind === "truncate" ? bareName(change.name) : null;
}
