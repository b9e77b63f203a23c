import type { Evidence, Finding, Severity } from "../model/report.ts";
import type { Span } from "../text/span.ts";
import type { Hazard } from "./rule.ts";

/** From hazards to findings: the same for every engine. */

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** What a rule has found, before it becomes a finding. */
export interface Raised {
  readonly rule: string;
  readonly hazard: Hazard;
  readonly wholeMigration: boolean;
}

/** As much of a judged migration as a finding needs. */
interface Judged {
  readonly migration: { readonly id: string };
  readonly statements: readonly { readonly statement: { readonly index: number; readonly span: Span } }[];
}

/** The statement with this number; judged migrations carry all of theirs, so it is usually where the number says. */
export function numbered<T extends { readonly statement: { readonly index: number } }>(
  statements: readonly T[],
  index: number,
): T | undefined {
  const there = statements[index];
  return there?.statement.index === index ? there : statements.find(({ statement }) => statement.index === index);
}

/** One finding per cause: what a more specific rule says about the same statement is not said again. */
export function withoutSuperseded(raised: readonly Raised[]): readonly Raised[] {
  const superseded = new Set(raised.flatMap(({ hazard }) => (hazard.supersedes ?? []).map((rule) => `${rule}\n${hazard.statement ?? ""}`)));
  return raised.filter(({ rule, hazard }) => !superseded.has(`${rule}\n${hazard.statement ?? ""}`));
}

export function findingOf({ rule, hazard }: Raised, judged: Judged, environment: string): Finding {
  const { migration, statements } = judged;
  const statement = hazard.statement ?? null;
  const at = statement === null ? undefined : numbered(statements, statement)?.statement;
  return {
    rule,
    severity: hazard.severity,
    migration: migration.id,
    statement,
    span: hazard.span ?? at?.span ?? statements[0]?.statement.span ?? null,
    message: hazard.message,
    label: hazard.label ?? null,
    why: hazard.why,
    help: hazard.help,
    evidence: hazard.evidence,
    environments: { [environment]: hazard.severity },
    liveVersions: hazard.liveVersions ?? [],
    also: hazard.also ?? [],
    docs: `tread explain ${rule}`,
  };
}

/** Words come from the environment where it is worse, or larger; numbers from both. */
export function worseOf(known: Finding, next: Finding): Finding {
  const difference = RANK[next.severity] - RANK[known.severity];
  const [worse, other] = difference < 0 || (difference === 0 && mostRows(next) > mostRows(known)) ? [next, known] : [known, next];
  return {
    ...worse,
    evidence: unique([...worse.evidence, ...other.evidence]),
    environments: worstOf(known.environments, next.environments),
    liveVersions: [...new Set([...known.liveVersions, ...next.liveVersions])],
  };
}

/** The largest table that the finding is about: of two environments where it is equally bad, that one is told. */
function mostRows({ evidence }: Finding): number {
  return Math.max(
    0,
    ...evidence.map(({ value }) => (typeof value === "object" && value !== null && "rows" in value ? Number(value.rows) : 0)),
  );
}

function unique(evidence: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  return evidence.filter(({ kind, text }) => {
    const key = `${kind}\n${text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** By migration and statement, worst first within a statement. @param order position by id */
export function inOrder(findings: readonly Finding[], order: ReadonlyMap<string, number>): readonly Finding[] {
  const position = (finding: Finding): number => (finding.migration === null ? -1 : (order.get(finding.migration) ?? order.size));
  return [...findings].sort(
    (a, b) =>
      position(a) - position(b) ||
      (a.statement ?? -1) - (b.statement ?? -1) ||
      RANK[a.severity] - RANK[b.severity] ||
      (a.rule < b.rule ? -1 : 1),
  );
}

/** One environment may be judged on several paths: the worse of them counts. */
function worstOf(known: Finding["environments"], next: Finding["environments"]): Finding["environments"] {
  const merged: Record<string, Severity> = { ...known };
  for (const [name, severity] of Object.entries(next)) {
    const before = merged[name];
    if (before === undefined || RANK[severity] < RANK[before]) merged[name] = severity;
  }
  return merged;
}
