import type { Finding, Report, Severity } from "../../model/report.ts";
import type { Candidate } from "./candidates.ts";
import { candidatesFor, lookedBackAt } from "./candidates.ts";
import { gateOf, type GateInput, type GateStatus, type Weighed } from "./gate.ts";
import { rememberingGit } from "./ask-git.ts";
import { askedAhead } from "./git-ahead.ts";
import { APPROVALS_FOLDER } from "../../config/known.ts";
import { shown } from "./git-people.ts";
import { becauseOf, concerns, gateRules } from "./policy.ts";
import { seenIn, type Earlier, type ReviewSubject } from "./subject.ts";

/** How many people a message names: one of them is enough. */
const NAMED = 3;

/**
 * A finding for every migration that waits for somebody: who can approve it and why them, and why the approvals that were given do not
 * count.
 * @param earlier every migration of the project, in its order
 */
export async function reviewFindings(
  input: GateInput,
  report: Report,
  subjects: readonly ReviewSubject[],
  earlier: readonly Earlier[],
): Promise<readonly Finding[]> {
  const rules = gateRules(input.config.policy);
  const gated = subjects.filter((subject) => rules.some((rule) => concerns(rule, subject)));
  if (gated.length === 0) return [];
  const anybody = rules.some(({ approvers }) => approvers.includes("*"));
  const files = input.approvals.filter(({ approval }) => gated.some(({ id }) => id === approval.migration)).map(({ file }) => file);
  const answers = await askedAhead(
    input.config.root,
    [...gated.map(({ path }) => path), ...files],
    anybody ? gated.flatMap((subject) => lookedBackAt(subject, before(subject, earlier)).map(({ path }) => path)) : [],
  );
  return rememberingGit(answers, () =>
    gated.flatMap((subject): Finding[] => {
      const open = gateOf(input, subject).filter(({ approved }) => !approved);
      const first = open[0];
      if (first === undefined) return changedReports(input, report, subject);
      const { finding, people } = waiting(input, subject, open, first, before(subject, earlier));
      // Where nobody asked for reviews and nobody could give one (somebody works alone), a reminder reminds of nothing.
      return open.every(({ rule, weighed }) => rule.byDefault && weighed.length === 0) && people.length === 0 ? [] : [finding];
    }),
  );
}

/** Newest first. */
function before(subject: ReviewSubject, earlier: readonly Earlier[]): readonly Earlier[] {
  const position = earlier.findIndex(({ id }) => id === subject.id);
  return earlier.slice(0, position === -1 ? earlier.length : position).toReversed();
}

function waiting(
  input: GateInput,
  subject: ReviewSubject,
  open: readonly GateStatus[],
  first: GateStatus,
  before: readonly Earlier[],
): { readonly finding: Finding; readonly people: readonly Candidate[] } {
  const { config, approvals } = input;
  const candidates = open.flatMap(({ rule, authors }) => candidatesFor(config, subject, rule, approvals, before, authors));
  const people = merged(candidates);
  const refused = [...new Map(open.flatMap(({ weighed }) => weighed).map((one) => [`${one.who}\n${one.refused ?? ""}`, one])).values()];
  const severity: Severity = open.some(({ rule }) => !rule.byDefault) ? "error" : "warning";
  const names = people.slice(0, NAMED).map(({ who }) => who);
  const written = (first.authors ?? []).slice(0, NAMED).map(shown).join(", ");
  const nobody = first.rule.approvers.includes("*")
    ? `nobody is known here but who wrote it${written === "" ? "" : ` (${written})`}`
    : `everybody whom ${first.rule.name} names (${first.rule.approvers.join(", ")}) wrote it`;
  const voided = refused.find(({ refused }) => refused?.includes("void") === true);
  const finding: Finding = {
    rule: "needs-review",
    severity,
    migration: subject.id,
    statement: null,
    span: subject.span,
    message: `${subject.id} ${voided === undefined ? "waits for a review" : `waits for a new review, because it has changed since ${voided.who} approved it`}: ${names.length === 0 ? nobody : `${oneOf(names)} can approve it`}`,
    label: null,
    why: [
      ...open.map(({ rule }) => `${rule.name} asks for it: ${becauseOf(rule, subject)}.`),
      ...people.slice(0, NAMED).map(({ who, why }) => `${who} ${why.join(", and ")}.`),
      ...refused.map((one) =>
        one.at === null && one.who.startsWith(APPROVALS_FOLDER)
          ? `${one.who} does not count: it ${one.refused ?? ""}.`
          : `The approval by ${one.who} does not count: ${one.refused ?? ""}.`,
      ),
    ].join(" "),
    help: `\`tread review ${subject.id}\` shows what to look at; then ${names.length === 0 ? "somebody who did not write it" : "one of them"} runs \`tread approve ${subject.id}${open.some(({ rule }) => rule.signed) ? " --sign" : ""}\` and commits the file${
      names.length === 0 ? `. Or name somebody else under \`policy.review\`, or allow it with \`allowAuthor: true\`` : ""
    }`,
    evidence: [
      {
        kind: "review",
        text: people.length === 0 ? "nobody can approve it" : people.map(({ who, why }) => `${who}: ${why.join(", ")}`).join("; "),
        from: "static",
        witness: "review policy",
        value: { approvers: people, refused: refused.map(({ who, at, refused: reason }) => ({ who, at, reason })), content: subject.hash },
      },
    ],
    environments: Object.fromEntries(subject.environments.map((name) => [name, severity])),
    liveVersions: [],
    also: [],
    docs: "tread explain needs-review",
  };
  return { finding, people };
}

/** An approval holds as long as the migration does; that the report found more since is for whoever approved it to know. */
function changedReports(input: GateInput, report: Report, subject: ReviewSubject): Finding[] {
  const seen = seenIn(report, subject.id).filter((one) => !one.startsWith("info "));
  const counted = gateOf(input, subject).flatMap(({ weighed }) =>
    weighed.filter(({ refused, at, how }) => refused === null && at !== null && !how.startsWith("review")),
  );
  const first: Weighed | undefined = counted[0];
  if (first === undefined) return [];
  const unseen = seen.filter((one) => !counted.some((approval) => approval.seen.includes(one)));
  if (unseen.length === 0) return [];
  return [
    {
      rule: "needs-review",
      severity: "info",
      migration: subject.id,
      statement: null,
      span: subject.span,
      message: `${subject.id} was approved by ${first.who} before the report said ${unseen.join(", ")}`,
      label: null,
      why: "the migration is the one that they saw, and what is known about it is not: sizes, live versions or tread itself have changed. The approval stands",
      help: `\`tread approve ${subject.id}\` again records that they have seen this too`,
      evidence: [],
      environments: Object.fromEntries(subject.environments.map((name) => [name, "info" as const])),
      liveVersions: [],
      also: [],
      docs: "tread explain needs-review",
    },
  ];
}

function merged(candidates: readonly Candidate[]): readonly Candidate[] {
  const byName = new Map<string, string[]>();
  for (const { who, why } of candidates) byName.set(who, [...new Set([...(byName.get(who) ?? []), ...why])]);
  return [...byName].map(([who, why]) => ({ who, why }));
}

function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}
