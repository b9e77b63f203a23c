import { checked } from "../check/index.ts";
import { gateInput, reviewedMigrations } from "../check/review.ts";
import type { ApprovedPlan } from "../review/approvals/approval.ts";
import { approve } from "../review/approvals/approve.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { version } from "./version.ts";

export interface ApproveCommandFlags extends Omit<CommonFlags, "format" | "color"> {
  readonly sign: boolean;
  readonly note?: string;
  /** Bind the approval to the plan of a ClickHouse cluster. */
  readonly cluster?: boolean;
  readonly clusterFile?: string;
}

/** `tread approve`: the check runs first, because its report is part of what is approved. @throws Refused, ConfigError */
export async function approveCommand(name: string, flags: ApproveCommandFlags): Promise<number> {
  const asked = await checkOptions([], { ...flags, format: "text", color: false });
  const { report, options, views } = await checked(asked, version());
  const { subjects, earlier } = reviewedMigrations(options, views);
  const gate = await gateInput(options, subjects, null);
  const input = { gate, report, subjects, earlier, now: new Date() };
  const plan = flags.cluster === true ? await planToApprove(flags, name) : null;
  for (const line of await approve(input, name, { sign: flags.sign, note: flags.note, plan })) process.stdout.write(`${line}\n`);
  return EXIT.ok;
}

/** The plan is made anew from what the hosts hold now: that is what is approved. */
async function planToApprove(flags: ApproveCommandFlags, name: string): Promise<ApprovedPlan> {
  const [{ changeOnCluster }, { clusterPlanText }, { Refused }] = await Promise.all([
    import("./cluster/walk-plan.ts"),
    import("../plan/cluster/text.ts"),
    import("../review/releases/refused.ts"),
  ]);
  const { plan } = await changeOnCluster([], flags);
  if (!plan.migrations.some(({ id, path }) => id === name || path.endsWith(name) || id.startsWith(`${name}_`)))
    throw new Refused(
      `${name} is no part of the plan (${plan.migrations.map(({ id }) => id).join(", ") || "nothing is pending"})`,
      "tread plan --cluster shows what is",
    );
  process.stdout.write(clusterPlanText(plan));
  return { hash: plan.hash, topology: plan.topology, environment: plan.environment };
}
