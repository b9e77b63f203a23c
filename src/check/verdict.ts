import { counted } from "../text/numbers.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import type { Change } from "../model/change.ts";
import type { Problem } from "../model/migration.ts";
import type { Finding, Severity, Verdict } from "../model/report.ts";
import type { EnvironmentView } from "./environment-view.ts";

const SEVERITIES: readonly Severity[] = ["info", "warning", "error"];

export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
}

/**
 * *unsafe* with a finding at or above `failOn`; else *unknown* when something not understood could hide one; else *safe*.
 * @param judgedByPerson opaque statements that a person has judged (`tread-ignore opaque-code: reason`), as `migration#index`
 */
export function decideVerdict(
  view: EnvironmentView,
  findings: readonly Finding[],
  policy: ParsedConfig["policy"],
  judgedByPerson: ReadonlySet<string>,
  problems: readonly Problem[],
): { verdict: Verdict; reason: string } {
  const here = findings.filter((finding) => {
    const severity = finding.environments[view.environment.name];
    return severity !== undefined && atLeast(severity, policy.failOn);
  });
  if (here.length > 0)
    return { verdict: "unsafe", reason: `${here.length} ${here.length === 1 ? "finding" : "findings"} at or above ${policy.failOn}` };
  const unseen = problems.filter((problem) => problem.fatal).length;
  if (unseen > 0) return { verdict: "unknown", reason: `${counted(unseen, "problem")} kept tread from seeing everything` };
  const doubts = doubtsOf(view, judgedByPerson);
  if (doubts.length === 0) return { verdict: "safe", reason: `nothing at or above ${policy.failOn}; ${view.releases.because}` };
  if (policy.onUnknown === "pass") return { verdict: "safe", reason: `${doubts.join("; ")} — passed by \`policy.onUnknown: pass\`` };
  return { verdict: "unknown", reason: doubts.join("; ") };
}

/** What was not understood and could hide a hazard. */
function doubtsOf(view: EnvironmentView, judgedByPerson: ReadonlySet<string>): string[] {
  const judged = view.judged.flat();
  const doubts: string[] = [];
  if (view.environment.live?.length === 0) doubts.push("no version is on record as live here (`live: []`)");
  const opaque = judged.filter(
    ({ migration, statement }) => statement.opaque !== null && !judgedByPerson.has(`${migration.id}#${statement.index}`),
  );
  const unparsed = judged.filter(({ statement }) => statement.syntaxError !== null);
  if (opaque.length > 0) doubts.push(counted(opaque.length, "statement") + " could not be understood");
  if (unparsed.length > 0) doubts.push(counted(unparsed.length, "statement") + " did not parse");
  const taken = new Set(judged.flatMap(({ statement }) => statement.changes.flatMap(takesAway)));
  if (taken.size > 0) {
    for (const [version, queries] of view.compatibility.unknown) {
      doubts.push(`${counted(queries.length, "query", "queries")} of ${version} could not be read, while something is taken away`);
    }
    for (const version of view.versions) {
      const touching = version.dynamic.filter((access) => access.tables.length === 0 || access.tables.some((table) => taken.has(table)));
      const first = touching[0];
      if (first !== undefined) {
        doubts.push(
          `${version.name} has dynamic access that may use what is taken away (${first.reason}, ${first.span.file}:${first.span.line})`,
        );
      }
    }
  }
  return doubts;
}

/** Tables of which a change takes something away that a version may still use. */
function takesAway(change: Change): readonly string[] {
  switch (change.kind) {
    case "drop-relation":
    case "rename-relation":
    case "set-schema":
      return [change.name];
    case "drop-column":
    case "rename-column":
      return [change.table];
    default:
      return [];
  }
}
