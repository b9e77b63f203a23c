import { EXIT } from "../exit-codes.ts";
import { prepareOutput, writeOutput } from "../output-file.ts";
import { changeOnCluster, type WalkFlags } from "./walk-plan.ts";

export interface ClusterPlanFlags extends WalkFlags {
  readonly format: string;
  readonly output?: string;
}

/** `tread plan --cluster`: hosts × statements × order, from what the hosts hold now. @returns 0, 1 with findings that forbid it, 3 with hosts that did not answer */
export async function clusterPlanCommand(paths: readonly string[], flags: ClusterPlanFlags): Promise<number> {
  if (flags.output !== undefined && flags.output !== "-") prepareOutput(flags.output);
  const { plan, begun } = await changeOnCluster(paths, flags);
  const { clusterPlanText } = await import("../../plan/cluster/text.ts");
  if (begun !== null)
    process.stderr.write(`this plan is under way: begun ${begun.begunAt} by ${begun.by}. tread apply --cluster goes on with it\n`);
  const text = flags.format === "text" ? clusterPlanText(plan) : `${JSON.stringify(plan, null, 2)}\n`;
  if (flags.output === undefined || flags.output === "-") process.stdout.write(text);
  else writeOutput(flags.output, text);
  if (plan.findings.some(({ rule }) => rule === "host-unreachable")) return EXIT.incomplete;
  return plan.findings.some(({ severity }) => severity === "error") ? EXIT.findings : EXIT.ok;
}
