import { EXIT } from "../exit-codes.ts";
import { prepareOutput, writeOutput } from "../output-file.ts";
import { findingText, judgedWalk } from "./judged.ts";
import { changeOnCluster, type WalkFlags } from "./walk-plan.ts";

export interface ClusterPlanFlags extends WalkFlags {
  readonly format: string;
  readonly output?: string;
}

/**
 * `tread plan --cluster`: hosts × statements × order, from what the hosts hold now, and what a check says of the statements.
 * @returns 0, 1 with findings that forbid it, 3 with hosts that did not answer or statements that were not understood
 */
export async function clusterPlanCommand(paths: readonly string[], flags: ClusterPlanFlags): Promise<number> {
  if (flags.output !== undefined && flags.output !== "-") prepareOutput(flags.output);
  const change = await changeOnCluster(paths, flags);
  const { plan, begun } = change;
  const { clusterPlanText } = await import("../../plan/cluster/text.ts");
  if (begun !== null)
    process.stderr.write(
      `this plan is under way: begun ${begun.begunAt} by ${begun.by}. tread apply --cluster goes on with it${change.waiting.length === 0 ? "" : `; ${change.waiting.join(", ")} can be planned when it is done`}\n`,
    );
  const judged = begun === null ? await judgedWalk(change) : { findings: [], unknown: [] };
  const said = [...judged.findings.map(findingText), ...judged.unknown.map((reason) => `unknown: ${reason}\n`)];
  const text =
    flags.format === "text"
      ? `${clusterPlanText(plan)}${said.length === 0 ? "" : `\nwhat tread check says of these statements:\n${said.join("")}`}`
      : `${JSON.stringify({ ...plan, check: judged }, null, 2)}\n`;
  if (flags.output === undefined || flags.output === "-") process.stdout.write(text);
  else writeOutput(flags.output, text);
  if (plan.findings.some(({ rule }) => rule === "host-unreachable")) return EXIT.incomplete;
  if (judged.findings.length > 0 || plan.findings.some(({ severity }) => severity === "error")) return EXIT.findings;
  return judged.unknown.length > 0 ? EXIT.incomplete : EXIT.ok;
}
