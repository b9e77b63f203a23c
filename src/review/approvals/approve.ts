import type { ParsedConfig } from "../../config/parsed-config.ts";
import type { Report } from "../../model/report.ts";
import { nearest } from "../../text/nearest.ts";
import { Refused } from "../releases/refused.ts";
import { payloadOf, writeApproval, type Approval, type ApprovedPlan } from "./approval.ts";
import { candidatesFor } from "./candidates.ts";
import { allowedSigners, knownAuthors, refusedFor, type GateInput } from "./gate.ts";
import { authorsOf, shown, whoAmI } from "./git-people.ts";
import { concerns, gateRules } from "./policy.ts";
import { sign, verify } from "./sign.ts";
import { reportHash, seenIn, type Earlier, type ReviewSubject } from "./subject.ts";

export interface ApproveInput {
  readonly gate: GateInput;
  readonly report: Report;
  readonly subjects: readonly ReviewSubject[];
  readonly earlier: readonly Earlier[];
  readonly now: Date;
}

export interface ApproveFlags {
  readonly sign: boolean;
  readonly note?: string | undefined;
  /** Of a change of a ClickHouse cluster: the plan that is approved with it. */
  readonly plan?: ApprovedPlan | null;
}

/** The one migration that somebody means by an id, the end of one, or a path. @throws Refused */
export function subjectNamed(subjects: readonly ReviewSubject[], earlier: readonly Earlier[], name: string): ReviewSubject {
  const wanted = name.replace(/^\.\//, "");
  const exact = subjects.filter(({ id, path }) => id === wanted || path === wanted || path.endsWith(`/${wanted}`));
  const near =
    exact.length > 0 ? exact : subjects.filter(({ id }) => id.endsWith(`.${wanted}`) || id.split(/[./]/).at(-1)?.startsWith(wanted));
  const [first] = near;
  if (near.length > 1) throw new Refused(`${name} may be ${near.map(({ id }) => id).join(" or ")}`, "give the whole id");
  if (first !== undefined) return first;
  if (earlier.some(({ id, path }) => id === wanted || path === wanted))
    throw new Refused(`${name} is applied already: there is nothing left to review`, "");
  const ids = subjects.map(({ id }) => id);
  const meant = nearest(name, ids);
  throw new Refused(
    `no migration under judgement is called ${name}${meant === null ? "" : `; did you mean ${meant}?`}`,
    ids.length === 0 ? "nothing is new here" : `new here: ${ids.slice(-8).join(", ")}`,
  );
}

/** Records that whoever works here has seen a migration as it stands, and what the report says of it. @returns what to print @throws Refused */
export async function approve(input: ApproveInput, name: string, flags: ApproveFlags): Promise<readonly string[]> {
  const { config } = input.gate;
  const subject = subjectNamed(input.subjects, input.earlier, name);
  const person = whoAmI(config.root);
  if (person === null)
    throw new Refused("git does not know who you are", "`git config user.name NAME` and `git config user.email ADDRESS`");
  const rules = gateRules(config.policy).filter((rule) => concerns(rule.byDefault ? { ...rule, byDefault: false } : rule, subject));
  const authors = knownAuthors(config.root, subject.path);
  const refusals = rules.map((rule) => ({ rule, refused: refusedFor({ person, handle: null }, rule, config.policy, authors) }));
  const [refusal] = refusals;
  if (refusal !== undefined && refusals.every(({ refused }) => refused !== null)) {
    const uncommitted = authorsOf(config.root, subject.path).uncommitted;
    const before = input.earlier
      .slice(
        0,
        input.earlier.findIndex(({ id }) => id === subject.id),
      )
      .toReversed();
    const others = candidatesFor(config, subject, refusal.rule, input.gate.approvals, before, authors);
    const who = others.map((one) => `${one.who} (${one.why.join(", ")})`).join("; ");
    throw new Refused(
      `${shown(person)} cannot approve ${subject.id}: ${refusal.refused ?? ""}${uncommitted ? `. ${subject.path} is not committed as it stands, so whoever works here counts as its author` : ""}`,
      `${uncommitted ? "commit it first. " : ""}${who === "" ? "name somebody under `policy.review`" : `who can: ${who}`}`,
    );
  }
  const approval: Approval = {
    migration: subject.id,
    path: subject.path,
    content: subject.hash,
    report: reportHash(input.report, subject.id),
    seen: seenIn(input.report, subject.id),
    objects: subject.objects,
    approver: person,
    at: `${input.now.toISOString().slice(0, 19)}Z`,
    note: flags.note ?? null,
    plan: flags.plan ?? null,
  };
  const signature = flags.sign ? sign(config.root, payloadOf(approval), person) : null;
  const file = await writeApproval(config.root, approval, signature);
  const lines = [
    `${shown(person)} approved ${subject.id} (content ${subject.hash.slice(0, 12)}), seen: ${approval.seen.length === 0 ? "nothing found" : approval.seen.join(", ")}`,
    ...(approval.plan == null
      ? []
      : [`the plan ${approval.plan.hash.slice(0, 12)} on the topology ${approval.plan.topology.slice(0, 12)} is approved with it`]),
  ];
  lines.push(`wrote ${file}: commit it${signature === null ? " yourself: unsigned, it counts only as a commit of yours" : ""}`);
  if (signature !== null) lines.push(...signedNote(config, approval, signature));
  if (rules.length === 0) lines.push("no rule of `policy.review` asks for a review of it");
  for (const { rule, refused } of refusals) {
    if (refused !== null) lines.push(`${rule.name} asks for somebody else as well: ${refused}`);
    if (rule.signed && signature === null) lines.push(`${rule.name} counts only signed approvals: \`tread approve ${subject.id} --sign\``);
  }
  return lines;
}

function signedNote(config: ParsedConfig, approval: Approval, signature: Parameters<typeof verify>[1]): readonly string[] {
  const verified = verify(config.root, signature, payloadOf(approval), approval.approver, allowedSigners(config));
  return verified.good ? [`signed: ${verified.by}`] : [`warning: signed, and it does not count yet: ${verified.reason}`];
}
