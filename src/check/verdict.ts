import { counted } from "../text/numbers.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import type { Change } from "../model/change.ts";
import type { Environment } from "../model/environment.ts";
import type { Problem } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import type { Finding, Severity, Verdict } from "../model/report.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { allPaths } from "./upgrades.ts";

const SEVERITIES: readonly Severity[] = ["info", "warning", "error"];

export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
}

/**
 * *unsafe* with a finding at or above `failOn`; else *unknown* when something not understood could hide one; else *safe*.
 * @param judgedByPerson opaque statements that a person has judged (`tread-ignore opaque-code: reason`), as `migration#index`
 * @param further doubts that the view does not hold; asked only where nothing else decides
 */
export function decideVerdict(
  view: EnvironmentView,
  findings: readonly Finding[],
  policy: ParsedConfig["policy"],
  judgedByPerson: ReadonlySet<string>,
  problems: readonly Problem[],
  further: () => readonly string[] = () => [],
): { verdict: Verdict; reason: string } {
  const doubts = (): string[] => [...new Set([...allPaths([view]).flatMap((path) => doubtsOf(path, judgedByPerson)), ...further()])];
  return verdictOf(view.environment.name, findings, policy, problems, doubts, view.releases.because);
}

/**
 * The same of any engine.
 * @param doubts what was not understood and could hide a finding, in words; asked only where nothing else decides
 * @param because how it is known what is applied
 */
export function verdictOf(
  environment: string,
  findings: readonly Finding[],
  policy: ParsedConfig["policy"],
  problems: readonly Problem[],
  doubts: () => readonly string[],
  because: string,
): { verdict: Verdict; reason: string } {
  const here = findings.filter((finding) => {
    const severity = finding.environments[environment];
    return severity !== undefined && atLeast(severity, policy.failOn);
  });
  if (here.length > 0)
    return { verdict: "unsafe", reason: `${here.length} ${here.length === 1 ? "finding" : "findings"} at or above ${policy.failOn}` };
  const unseen = problems.filter((problem) => problem.fatal).length;
  if (unseen > 0) return { verdict: "unknown", reason: `${counted(unseen, "problem")} kept tread from seeing everything` };
  const unsure = doubts();
  if (unsure.length === 0) return { verdict: "safe", reason: `nothing at or above ${policy.failOn}; ${because}` };
  if (policy.onUnknown === "pass") return { verdict: "safe", reason: `${unsure.join("; ")} — passed by \`policy.onUnknown: pass\`` };
  return { verdict: "unknown", reason: unsure.join("; ") };
}

function doubtsOf(view: EnvironmentView, judgedByPerson: ReadonlySet<string>): string[] {
  const judged = view.judged.flat();
  return doubtsAbout({
    live: view.environment.live,
    onRecord: view.environment.onRecord,
    opaque: judged.filter(
      ({ migration, statement }) => statement.opaque !== null && !judgedByPerson.has(`${migration.id}#${statement.index}`),
    ).length,
    unparsed: judged.filter(({ statement }) => statement.syntaxError !== null).length,
    taken: new Set(judged.flatMap(({ statement }) => statement.changes.flatMap(takesAway))),
    unknown: view.compatibility.unknown,
    versions: view.versions,
  });
}

/** What was not understood and could hide a hazard. `opaque` and `unparsed` count statements, `taken` are tables. */
export function doubtsAbout(about: {
  readonly live: readonly string[] | null;
  readonly onRecord?: Environment["onRecord"];
  readonly opaque: number;
  readonly unparsed: number;
  readonly taken: ReadonlySet<string>;
  readonly unknown: ReadonlyMap<string, readonly unknown[]>;
  readonly versions: readonly Pick<LiveVersion, "name" | "dynamic">[];
}): string[] {
  const { opaque, unparsed, taken } = about;
  const doubts: string[] = [];
  const { onRecord } = about;
  if (onRecord !== undefined && onRecord.doubt !== null) doubts.push(onRecord.doubt);
  else if (about.live?.length === 0) doubts.push("no version is on record as live here (`live: []`)");
  if (opaque > 0) doubts.push(counted(opaque, "statement") + " could not be understood");
  if (unparsed > 0) doubts.push(counted(unparsed, "statement") + " did not parse");
  if (taken.size === 0) return doubts;
  for (const [version, queries] of about.unknown) {
    doubts.push(`${counted(queries.length, "query", "queries")} of ${version} could not be read, while something is taken away`);
  }
  for (const { name, dynamic } of about.versions) {
    const first = dynamic.find((access) => access.tables.length === 0 || access.tables.some((table) => taken.has(table)));
    if (first !== undefined)
      doubts.push(`${name} has dynamic access that may use what is taken away (${first.reason}, ${first.span.file}:${first.span.line})`);
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
