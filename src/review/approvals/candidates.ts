import { relative, resolve } from "node:path";
import type { ParsedConfig } from "../../config/parsed-config.ts";
import { longDate } from "../../text/date.ts";
import type { ApprovalFile } from "./approval.ts";
import { codeOwners } from "./codeowners.ts";
import { refusedFor } from "./gate.ts";
import { historyOf, maybeSame, personOf, repositoryTop, shown, type Person } from "./git-people.ts";
import { isThem, membersOf, type Approver, type GateRule } from "./policy.ts";
import type { Earlier, ReviewSubject } from "./subject.ts";

/** Somebody who can approve this change, with why them. */
export interface Candidate {
  readonly who: string;
  /** In words, the strongest first: `approved 0003_y, the last change of web.hits, on 3 November 2026`. */
  readonly why: readonly string[];
}

/** How many earlier changes of the same objects are looked at: who knew them long ago may have forgotten. */
const LOOK_BACK = 3;

/**
 * Who can approve a change, and why them: whoever approved the last changes of the same objects, its owners by CODEOWNERS, whom the policy
 * names, and where the policy names nobody whoever wrote the last changes.
 * @param earlier migrations before it, newest first
 * @param authors of the migration: they are left out; null: nobody can tell
 */
export function candidatesFor(
  config: ParsedConfig,
  subject: ReviewSubject,
  rule: GateRule,
  approvals: readonly ApprovalFile[],
  earlier: readonly Earlier[],
  authors: readonly Person[] | null,
): readonly Candidate[] {
  const teams = config.policy.teams ?? {};
  const found = new Map<string, { approver: Approver | null; why: string[] }>();
  const add = (who: string, approver: Approver | null, why: string): void => {
    if (approver !== null && refusedFor(approver, rule, config.policy, authors) !== null && authors !== null) return;
    const key = [...found.keys()].find((known) => known.toLowerCase() === who.toLowerCase()) ?? who;
    const known = found.get(key) ?? { approver, why: [] };
    if (!known.why.includes(why)) known.why.push(why);
    found.set(key, known);
  };
  const named = rule.approvers.includes("*") ? [] : [...new Set(rule.approvers.flatMap((entry) => membersOf(entry, teams)))];
  const nameOf = (person: Person): string => named.find((entry) => isThem(entry, { person, handle: null })) ?? shown(person);

  const related = earlierChanges(subject, earlier);
  for (const before of related) {
    const shared = before.objects.filter((object) => subject.objects.includes(object)).slice(0, 2);
    for (const { approval } of approvals.filter((one) => one.approval.migration === before.id))
      add(
        nameOf(approval.approver),
        { person: approval.approver, handle: null },
        `approved ${before.id}, an earlier change of ${shared.join(" and ")}, on ${longDate(approval.at)}`,
      );
  }
  const top = repositoryTop(config.root);
  const owned = top === null ? null : codeOwners(top, relative(top, resolve(config.root, subject.path)).replaceAll("\\", "/"));
  for (const owner of owned?.owners ?? []) {
    const why = `owns ${owned?.pattern ?? ""} (${owned?.file ?? ""}:${owned?.line ?? 0})`;
    for (const member of membersOf(owner, teams)) {
      const approver = approverOf(member);
      // The owners that the policy does not name may not approve by it: to name them would mislead.
      if (rule.approvers.includes("*") || rule.approvers.includes(owner) || rule.approvers.includes(member) || named.includes(member))
        add(member, approver, why);
    }
  }
  for (const member of named) add(member, approverOf(member), `named by ${rule.name}`);
  if (found.size === 0 && rule.approvers.includes("*")) {
    for (const before of lookedBackAt(subject, earlier)) {
      const what =
        related.length > 0
          ? `an earlier change of ${before.objects
              .filter((one) => subject.objects.includes(one))
              .slice(0, 2)
              .join(" and ")}`
          : "an earlier migration";
      for (const person of historyOf(config.root, before.path)) add(shown(person), { person, handle: null }, `wrote ${before.id}, ${what}`);
    }
  }
  return [...found]
    .filter(
      ([, { approver }]) =>
        rule.allowAuthor || approver === null || authors === null || !authors.some((one) => maybeSame(one, approver.person)),
    )
    .map(([who, { why }]) => ({ who, why }))
    .sort((a, b) => b.why.length - a.why.length);
}

function earlierChanges(subject: ReviewSubject, earlier: readonly Earlier[]): readonly Earlier[] {
  return earlier.filter(({ objects }) => objects.some((object) => subject.objects.includes(object))).slice(0, LOOK_BACK);
}

/**
 * Earlier migrations whose authors may know what this one changes: the last changes of the same objects, or else the last of all.
 * @param earlier newest first
 */
export function lookedBackAt(subject: ReviewSubject, earlier: readonly Earlier[]): readonly Earlier[] {
  const related = earlierChanges(subject, earlier);
  return related.length > 0 ? related : earlier.slice(0, LOOK_BACK);
}

/** What can be told of somebody from an entry alone: an address, or a handle. */
function approverOf(entry: string): Approver | null {
  if (entry.startsWith("@")) return { person: { name: "", email: "" }, handle: entry };
  const person = personOf(entry);
  if (person !== null) return { person, handle: null };
  return entry.includes("@") ? { person: { name: "", email: entry }, handle: null } : { person: { name: entry, email: "" }, handle: null };
}
