import type { ReviewKind } from "../../config/known.ts";
import type { ParsedConfig, ReviewRule } from "../../config/parsed-config.ts";
import type { Person } from "./git-people.ts";
import { personOf } from "./git-people.ts";
import { matchesGlob } from "./glob.ts";
import type { ReviewSubject } from "./subject.ts";

/** One entry of `policy.review` with its defaults filled in. */
export interface GateRule {
  /** For the reader: `policy.review[0] (clickhouse/**)`. */
  readonly name: string;
  readonly paths: readonly string[] | null;
  readonly kinds: readonly ReviewKind[];
  readonly approvers: readonly string[];
  readonly allowAuthor: boolean;
  readonly signed: boolean;
  /** Nobody asked for it: the default, which only reminds. */
  readonly byDefault: boolean;
}

const DEFAULT_KINDS: readonly ReviewKind[] = ["clickhouse", "irreversible"];

/** Without `policy.review`: everything on ClickHouse and everything irreversible, by anybody but the author. */
export function gateRules(policy: ParsedConfig["policy"]): readonly GateRule[] {
  if (policy.review.length === 0) {
    const nobody = { paths: null, approvers: ["*"], allowAuthor: false, signed: false };
    return [{ ...nobody, name: "the default review policy", kinds: DEFAULT_KINDS, byDefault: true }];
  }
  return policy.review.map((rule, index) => ({
    name: nameOf(rule, index),
    paths: rule.paths ?? null,
    kinds: rule.kinds ?? (rule.paths === undefined ? DEFAULT_KINDS : ["all"]),
    approvers: rule.approvers,
    allowAuthor: rule.allowAuthor ?? false,
    signed: rule.signed ?? false,
    byDefault: false,
  }));
}

function nameOf({ paths, kinds }: ReviewRule, index: number): string {
  const about = [...(paths ?? []), ...(kinds ?? [])];
  return `policy.review[${index}]${about.length === 0 ? "" : ` (${about.join(", ")})`}`;
}

export function concerns(rule: GateRule, subject: ReviewSubject): boolean {
  if (rule.byDefault && !subject.isNew) return false;
  if (rule.paths !== null && !rule.paths.some((glob) => matchesGlob(subject.path, glob))) return false;
  return rule.kinds.some((kind) => kind === "all" || subject.kinds.has(kind));
}

/** Why a review is asked for, in words: `it is for ClickHouse`. */
export function becauseOf(rule: GateRule, subject: ReviewSubject): string {
  const named = rule.kinds.filter((kind) => subject.kinds.has(kind));
  const words: Readonly<Record<ReviewKind, string>> = {
    all: "it lies there",
    clickhouse: "it is for ClickHouse",
    irreversible: "it cannot be undone",
    data: "it writes rows",
    opaque: "something in it could not be understood",
  };
  if (rule.kinds.includes("all") || named.length === 0) return rule.paths === null ? "every migration is reviewed" : words.all;
  return named.map((kind) => words[kind]).join(" and ");
}

type Teams = NonNullable<ParsedConfig["policy"]["teams"]>;

/** Somebody who approved: by git, or by a forge, which knows a handle. */
export interface Approver {
  readonly person: Person;
  /** `@ada`, where a forge says so. */
  readonly handle: string | null;
}

/** Everybody that an entry of `approvers` stands for, as far as `teams` tells: addresses, names, and handles that nobody explains. */
export function membersOf(entry: string, teams: Teams, seen: ReadonlySet<string> = new Set()): readonly string[] {
  if (!entry.startsWith("@") || seen.has(entry)) return seen.has(entry) ? [] : [entry];
  const members = teams[entry] ?? teams[entry.slice(1)];
  if (members === undefined) return [entry];
  return [...new Set(members.flatMap((member) => membersOf(member, teams, new Set([...seen, entry]))))];
}

/** Whether somebody is meant by an entry of `approvers`. */
export function isMeant(entry: string, who: Approver, teams: Teams): boolean {
  if (entry === "*") return true;
  if (entry.startsWith("@") && handlesOf(who).includes(entry.toLowerCase())) return true;
  return membersOf(entry, teams).some((member) => isThem(member, who));
}

/** Whether a single entry (no team) is somebody. */
export function isThem(member: string, who: Approver): boolean {
  if (member.startsWith("@")) return handlesOf(who).includes(member.toLowerCase());
  const address = personOf(member)?.email ?? member;
  if (address.includes("@")) return address.toLowerCase() === who.person.email.toLowerCase();
  return member.trim().toLowerCase() === who.person.name.trim().toLowerCase() && member.trim() !== "";
}

/** The address that GitHub gives its users names their handle. */
function handlesOf({ person, handle }: Approver): readonly string[] {
  const login = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i.exec(person.email)?.[1];
  return [handle, login === undefined ? null : `@${login}`].flatMap((one) => (one === null ? [] : [one.toLowerCase()]));
}
