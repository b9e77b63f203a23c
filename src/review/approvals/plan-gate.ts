import type { ApprovedPlan } from "./approval.ts";
import { gateOf, type GateInput } from "./gate.ts";
import type { ReviewSubject } from "./subject.ts";

/** Whether somebody who may has approved exactly this plan on exactly this topology. */
export interface PlanGate {
  readonly approved: boolean;
  /** Who approved it. */
  readonly by: readonly string[];
  /** Why approvals that were given do not count. */
  readonly refused: readonly string[];
}

/** Where no rule of the policy is about a migration, anybody's approval counts, the author's too: but one there must be. */
const ANYBODY = { approvers: ["*"], allowAuthor: true } as const;

/** @param subject a migration of the plan */
export function planGate(input: GateInput, subject: ReviewSubject, plan: ApprovedPlan): PlanGate {
  const refused: string[] = [];
  const approvals = input.approvals.filter(({ approval, file }) => {
    if (approval.migration !== subject.id) return false;
    const own = approval.plan ?? null;
    if (own === null)
      refused.push(`${file} approves the migration, and no plan: \`tread approve ${subject.id} --cluster\` binds it to one`);
    else if (own.environment !== plan.environment) return false;
    else if (own.topology !== plan.topology)
      refused.push(`${file} is for another topology (${own.topology.slice(0, 12)}): hosts, shards or the cluster file have changed since`);
    else if (own.hash !== plan.hash)
      refused.push(`${file} is for another plan (${own.hash.slice(0, 12)}): what the hosts hold, or the migration, has changed since`);
    else return true;
    return false;
  });
  // A review on a forge has seen files, and no plan.
  const bound: GateInput = { ...input, approvals, forge: [] };
  const rules = input.config.policy.review.length === 0 ? [] : gateOf(bound, { ...subject, isNew: true });
  const asked =
    rules.length > 0
      ? rules
      : gateOf(
          { ...bound, config: { ...input.config, policy: { ...input.config.policy, review: [{ ...ANYBODY, kinds: ["all"] }] } } },
          { ...subject, isNew: true },
        );
  for (const { weighed } of asked) for (const one of weighed) if (one.refused !== null) refused.push(`${one.who}: ${one.refused}`);
  return {
    approved: asked.length > 0 && asked.every(({ approved }) => approved),
    by: [...new Set(asked.flatMap(({ weighed }) => weighed.flatMap((one) => (one.refused === null ? [one.who] : []))))],
    refused: [...new Set(refused)],
  };
}
