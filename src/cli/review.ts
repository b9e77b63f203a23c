import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { checked, type Analyses } from "../check/index.ts";
import { changedTables, gateInput, reviewedMigrations } from "../check/review.ts";
import type { Report } from "../model/report.ts";
import { subjectNamed } from "../review/approvals/approve.ts";
import {
  approvalSection,
  briefJson,
  briefMarkdown,
  briefText,
  compatibilitySection,
  findingsSection,
  type Brief,
  type BriefSection,
} from "../review/approvals/brief.ts";
import { clickhouseSections } from "../review/approvals/brief-clickhouse.ts";
import { postgresSections } from "../review/approvals/brief-postgres.ts";
import { candidatesFor } from "../review/approvals/candidates.ts";
import { gateOf, type GateInput } from "../review/approvals/gate.ts";
import type { Earlier, ReviewSubject } from "../review/approvals/subject.ts";
import { EXIT } from "./exit-codes.ts";
import { forgeOf } from "./forge.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { version } from "./version.ts";

export interface ReviewFlags extends Omit<CommonFlags, "format" | "color"> {
  readonly format: "text" | "markdown" | "json";
  readonly pullRequest?: string;
}

/**
 * `tread review`: what a reviewer must look at; without a migration everything that waits for a review.
 * @throws Refused, ConfigError
 */
export async function reviewCommand(name: string | undefined, flags: ReviewFlags): Promise<number> {
  const asked = await checkOptions([], { ...flags, format: "text", color: false });
  const { report, options, views, analyses } = await checked(asked, version());
  const { subjects, earlier } = reviewedMigrations(options, views);
  const gate = await gateInput(options, subjects, await forgeOf(flags.pullRequest, options.config.root));
  const wanted = name === undefined ? subjects.filter((subject) => waits(gate, subject)) : [subjectNamed(subjects, earlier, name)];
  if (wanted.length === 0) {
    process.stdout.write("nothing waits for a review\n");
    return EXIT.ok;
  }
  const briefs: Brief[] = [];
  for (const subject of wanted) briefs.push(await briefOf(subject, report, analyses, gate, earlier));
  const render = { text: briefText, markdown: briefMarkdown, json: briefJson }[flags.format];
  if (flags.output === undefined) process.stdout.write(render(briefs));
  else writeFileSync(resolve(options.cwd, flags.output), render(briefs));
  return EXIT.ok;
}

function waits(gate: GateInput, subject: ReviewSubject): boolean {
  return gateOf(gate, subject).some(({ approved }) => !approved);
}

async function briefOf(
  subject: ReviewSubject,
  report: Report,
  analyses: Analyses,
  gate: GateInput,
  earlier: readonly Earlier[],
): Promise<Brief> {
  const statuses = gateOf(gate, subject);
  const before = earlier
    .slice(
      0,
      Math.max(
        0,
        earlier.findIndex(({ id }) => id === subject.id),
      ),
    )
    .toReversed();
  const candidates = statuses
    .filter(({ approved }) => !approved)
    .flatMap(({ rule, authors }) => candidatesFor(gate.config, subject, rule, gate.approvals, before, authors));
  const own = subject.database === "clickhouse" ? await clickhouse(subject, analyses) : postgres(subject, analyses, report);
  return {
    migration: subject.id,
    path: subject.path,
    database: subject.database,
    content: subject.hash,
    sections: [
      ...own,
      compatibilitySection(report, subject.id),
      findingsSection(report, subject.id),
      approvalSection(statuses, subject, candidates),
    ],
  };
}

function postgres(subject: ReviewSubject, { postgres: analysis }: Analyses, report: Report): readonly BriefSection[] {
  const parts = (analysis?.views ?? []).map(({ environment, judged }) => ({
    environment,
    statements: judged.flat().filter(({ migration }) => migration.id === subject.id),
  }));
  return analysis === null ? [] : postgresSections(parts, analysis.options.config.thresholds, report);
}

async function clickhouse(subject: ReviewSubject, { clickhouse: analysis }: Analyses): Promise<readonly BriefSection[]> {
  if (analysis === null) return [];
  const { loadKnowledge } = await import("../check/clickhouse/index.ts");
  const knowledge = await loadKnowledge(analysis);
  return clickhouseSections(
    analysis.views.map((view) => ({
      environment: view.environment,
      version: view.version,
      statements: view.judged.flat().filter(({ migration }) => migration.id === subject.id),
      versions: view.versions,
      workload: knowledge.workload(view),
      tablesOf: ({ statement }) => [...new Set(statement.changes.flatMap(changedTables))],
    })),
  );
}
