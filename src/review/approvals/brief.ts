import type { Report } from "../../model/report.ts";
import { longDate } from "../../text/date.ts";
import { counted } from "../../text/numbers.ts";
import type { Candidate } from "./candidates.ts";
import type { GateStatus } from "./gate.ts";
import { becauseOf } from "./policy.ts";
import type { ReviewSubject } from "./subject.ts";

/** What a reviewer must look at, in the order in which to look. */
export interface Brief {
  readonly migration: string;
  readonly path: string;
  readonly database: string;
  readonly content: string;
  readonly sections: readonly BriefSection[];
}

export interface BriefSection {
  readonly title: string;
  /** One fact each, with its unit and where it comes from. Never empty. */
  readonly lines: readonly string[];
}

/** How it stands with approvals: who must, who can, and what was given. */
export function approvalSection(statuses: readonly GateStatus[], subject: ReviewSubject, candidates: readonly Candidate[]): BriefSection {
  if (statuses.length === 0) return { title: "Approval", lines: ["no rule of `policy.review` asks for one"] };
  const lines = statuses.flatMap(({ rule, approved, weighed }) => [
    `${rule.name}: ${approved ? "approved" : "waits"} (${becauseOf(rule, subject)})`,
    ...weighed.map(
      ({ who, at, refused, how }) =>
        `  ${who}${at === null ? "" : `, ${longDate(at)}`}: ${refused === null ? `counts (${how})` : `does not count: ${refused}`}`,
    ),
  ]);
  if (statuses.every(({ approved }) => approved)) return { title: "Approval", lines };
  return {
    title: "Approval",
    lines: [...lines, ...candidates.slice(0, 5).map(({ who, why }) => `can approve: ${who}: ${why.join(", ")}`)],
  };
}

/** What the check found, in every environment. */
export function findingsSection(report: Report, migration: string): BriefSection {
  const own = report.findings.filter((finding) => finding.migration === migration && finding.rule !== "needs-review");
  if (own.length === 0) return { title: "Findings", lines: ["none"] };
  return {
    title: "Findings",
    lines: own.flatMap(({ rule, message, environments, span, help }) => [
      `${rule}: ${message} (${Object.entries(environments)
        .map(([name, severity]) => `${name}: ${severity}`)
        .join(", ")}${span === null ? "" : `; ${span.file}:${span.line}`})`,
      ...help.split("\n").map((line) => `  ${line}`),
    ]),
  };
}

/** Each live version against each step of the migration. */
export function compatibilitySection(report: Report, migration: string): BriefSection {
  const { steps } = report.compatibility;
  const cells = report.compatibility.cells.filter(({ step }) => step.startsWith(`${migration}#`));
  // What an earlier migration broke is told where that one is reviewed.
  const before = steps.slice(
    0,
    steps.findIndex((step) => step.startsWith(`${migration}#`)),
  );
  const told = new Set(
    report.compatibility.cells
      .filter(({ step }) => before.includes(step))
      .flatMap(({ environment, version, broken }) => broken.map(({ query }) => `${environment}\n${version}\n${query}`)),
  );
  const lines = new Map<string, { broken: Set<string>; queries: number; unknown: number; environments: Set<string> }>();
  for (const cell of cells) {
    const known = lines.get(cell.version) ?? {
      broken: new Set<string>(),
      queries: cell.queries,
      unknown: 0,
      environments: new Set<string>(),
    };
    known.environments.add(cell.environment);
    known.unknown = Math.max(known.unknown, cell.unknown);
    for (const { origin, sqlstate, error, query } of cell.broken)
      if (!told.has(`${cell.environment}\n${cell.version}\n${query}`)) known.broken.add(`${origin}: ${sqlstate}: ${error}`);
    lines.set(cell.version, known);
  }
  if (lines.size === 0)
    return {
      title: "Compatibility",
      lines: ["no version of the app was held against it: nothing is known to be live (`tread release`, `live:`)"],
    };
  return {
    title: "Compatibility",
    lines: [...lines].flatMap(([version, { broken, queries, unknown, environments }]) => [
      `${version} (${[...environments].join(", ")}): ${counted(queries, "query", "queries")}, ${broken.size === 0 ? "none fails by it" : `${broken.size} ${broken.size === 1 ? "fails" : "fail"} from it on`}${unknown === 0 ? "" : `, ${unknown} could not be told`}`,
      ...[...broken].slice(0, 5).map((text) => `  ${text}`),
    ]),
  };
}

export function briefText(briefs: readonly Brief[]): string {
  return briefs
    .map(
      ({ migration, path, database, content, sections }) =>
        `${migration}  ${database}  ${path}  content ${content.slice(0, 12)}\n${sections.map(({ title, lines }) => `\n  ${title}\n${lines.map((line) => `    ${line}\n`).join("")}`).join("")}`,
    )
    .join("\n");
}

export function briefMarkdown(briefs: readonly Brief[]): string {
  return briefs
    .map(
      ({ migration, path, database, content, sections }) =>
        `## ${migration}\n\n${database} · \`${path}\` · content \`${content.slice(0, 12)}\`\n${sections.map(({ title, lines }) => `\n### ${title}\n\n${lines.map((line) => (line.startsWith("  ") ? `  - ${line.trim()}\n` : `- ${line}\n`)).join("")}`).join("")}`,
    )
    .join("\n");
}

export function briefJson(briefs: readonly Brief[]): string {
  return `${JSON.stringify({ format: "tread.review/1", migrations: briefs }, null, 2)}\n`;
}
