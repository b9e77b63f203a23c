import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { APPROVALS_FOLDER } from "../../config/known.ts";
import type { ParsedConfig } from "../../config/parsed-config.ts";
import { longDate } from "../../text/date.ts";
import { payloadOf, type ApprovalFile, type BadApprovalFile } from "./approval.ts";
import type { ForgeApproval } from "./forge.ts";
import { authorsOf, committedBy, gitSetting, hasHistory, maybeSame, samePerson, shown, whoAmI, type Person } from "./git-people.ts";
import { concerns, gateRules, isMeant, type Approver, type GateRule } from "./policy.ts";
import { verify } from "./sign.ts";
import type { ReviewSubject } from "./subject.ts";

/** Everything that is known about approvals in a project. */
export interface GateInput {
  readonly config: ParsedConfig;
  readonly approvals: readonly ApprovalFile[];
  readonly bad: readonly BadApprovalFile[];
  /** Reviews of a pull request; empty where no forge was asked. */
  readonly forge: readonly ForgeApproval[];
}

/** An approval that was given, and whether it counts. */
export interface Weighed {
  readonly who: string;
  /** RFC 3339. */
  readonly at: string | null;
  /** Null: it counts. */
  readonly refused: string | null;
  /** `signed with …`, `committed by …`, `review of pull request 7`. */
  readonly how: string;
  readonly seen: readonly string[];
}

/** What one rule of the policy says of one migration. */
export interface GateStatus {
  readonly rule: GateRule;
  readonly weighed: readonly Weighed[];
  readonly approved: boolean;
  /** Who wrote the migration; null: nobody can tell. */
  readonly authors: readonly Person[] | null;
}

/** What stands between a migration and being applied. Empty where no rule concerns it. */
export function gateOf(input: GateInput, subject: ReviewSubject): readonly GateStatus[] {
  const rules = gateRules(input.config.policy).filter((rule) => concerns(rule, subject));
  if (rules.length === 0) return [];
  const authors = knownAuthors(input.config.root, subject.path);
  return rules.map((rule) => {
    const weighed = [
      ...input.approvals
        .filter(({ approval }) => approval.migration === subject.id)
        .map((file) => weigh(input, file, subject, rule, authors)),
      ...input.bad
        .filter(({ migration, file }) => migration === subject.id || file.startsWith(`${APPROVALS_FOLDER}/${subject.id}--`))
        .map(({ file, reason }): Weighed => ({ who: file, at: null, refused: reason, how: "", seen: [] })),
      ...input.forge.flatMap((review) => weighReview(input, review, subject, rule, authors)),
    ];
    return { rule, weighed, approved: weighed.some(({ refused }) => refused === null), authors };
  });
}

/** Who wrote a migration. Null: nobody can tell. */
export function knownAuthors(root: string, path: string): readonly Person[] | null {
  if (!hasHistory(root)) return null;
  const { people, uncommitted } = authorsOf(root, path);
  const me = uncommitted ? whoAmI(root) : null;
  const all = me === null || people.some((one) => samePerson(one, me)) ? people : [...people, me];
  return all.length === 0 ? null : all;
}

/** Why somebody may not approve, by who they are; null when they may. */
export function refusedFor(
  who: Approver,
  rule: GateRule,
  policy: ParsedConfig["policy"],
  authors: readonly Person[] | null,
): string | null {
  if (!rule.approvers.some((entry) => isMeant(entry, who, policy.teams ?? {})))
    return `${rule.name} does not name them (it names ${rule.approvers.join(", ")})`;
  if (rule.allowAuthor) return null;
  if (authors === null) return "nobody can tell who wrote the migration: it is not in git";
  if (authors.some((author) => maybeSame(author, who.person) || isMeant(author.email, who, {})))
    return "they wrote the migration themselves, and the policy does not allow that";
  return null;
}

function weigh(
  { config }: GateInput,
  { file, approval, signature }: ApprovalFile,
  subject: ReviewSubject,
  rule: GateRule,
  authors: readonly Person[] | null,
): Weighed {
  const who: Approver = { person: approval.approver, handle: null };
  const base = { who: shown(approval.approver), at: approval.at, seen: approval.seen };
  const no = (refused: string): Weighed => ({ ...base, refused, how: "" });
  if (approval.content !== subject.hash)
    return no(`the migration is not what they saw on ${longDate(approval.at)}: it has changed since, so their approval is void`);
  if (signature !== null) {
    const verified = verify(config.root, signature, payloadOf(approval), approval.approver, allowedSigners(config));
    if (!verified.good) return no(`${verified.reason} (${file})`);
    const refused = refusedFor(who, rule, config.policy, authors);
    return { ...base, refused, how: `signed with ${signature.kind === "ssh" ? "SSH" : "GPG"}` };
  }
  if (rule.signed) return no(`it is not signed, and ${rule.name} counts only signed approvals: \`tread approve --sign\``);
  if (!hasHistory(config.root)) return no("it lies in no git repository: only a signed approval counts there");
  const committers = committedBy(config.root, file);
  if (committers !== null && !committers.some((one) => samePerson(one, approval.approver)))
    return no(
      `${file} was committed by ${committers.map(shown).join(", ")}, and not by them: it counts when they commit it themselves, or sign it`,
    );
  const me = committers === null ? whoAmI(config.root) : null;
  if (committers === null && (me === null || !samePerson(me, approval.approver)))
    return no(
      `${file} is not committed, and it is ${me === null ? "nobody that git knows" : shown(me)} who works here: it counts when they commit it, or sign it`,
    );
  return {
    ...base,
    refused: refusedFor(who, rule, config.policy, authors),
    how: committers === null ? "not committed yet" : "committed by them",
  };
}

function weighReview(
  { config }: GateInput,
  review: ForgeApproval,
  subject: ReviewSubject,
  rule: GateRule,
  authors: readonly Person[] | null,
): readonly Weighed[] {
  const content = review.contentOf(subject.path);
  // A pull request that does not hold the file says nothing about it.
  if (content === null) return [];
  const base = { who: review.handle, at: review.at, seen: [], how: `review of ${review.where}` };
  if (content !== subject.hash)
    return [
      {
        ...base,
        refused: `the migration is not what they saw (commit ${review.commit.slice(0, 12)}): it has changed since, so their review is void`,
      },
    ];
  if (rule.signed) return [{ ...base, refused: `${rule.name} counts only signed approvals, and a review on a forge is none` }];
  if (review.isAuthor && !rule.allowAuthor)
    return [{ ...base, refused: "they opened the pull request themselves, and the policy does not allow that" }];
  const who: Approver = { person: { name: review.handle.slice(1), email: "" }, handle: review.handle };
  const known = emailsOf(review.handle, config.policy.teams ?? {});
  const themselves = !rule.allowAuthor && authors !== null && authors.some(({ email }) => known.includes(email.toLowerCase()));
  const refused = themselves
    ? "they wrote the migration themselves, and the policy does not allow that"
    : refusedFor(who, rule, config.policy, authors);
  return [{ ...base, refused }];
}

/** Addresses that `teams` gives for a handle. */
function emailsOf(handle: string, teams: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const members = teams[handle] ?? teams[handle.slice(1)] ?? [];
  return members.filter((member) => !member.startsWith("@")).map((member) => member.toLowerCase());
}

/** Absolute path of the keys that may sign; null where nobody names one. */
export function allowedSigners({ root, policy }: ParsedConfig): string | null {
  if (policy.allowedSigners !== undefined) return resolve(root, policy.allowedSigners);
  const beside = join(root, APPROVALS_FOLDER, "allowed_signers");
  if (existsSync(beside)) return beside;
  const configured = gitSetting(root, "gpg.ssh.allowedSignersFile", "path");
  return configured === null ? null : resolve(root, configured);
}

/** Relative to the config's folder with forward slashes, as approvals and globs name a file. */
export function pathBelow(root: string, cwd: string, path: string): string {
  const below = relative(root, isAbsolute(path) ? path : resolve(cwd, path));
  return below.replaceAll("\\", "/");
}
