import { checked } from "../check/index.ts";
import { gateInput, reviewedMigrations } from "../check/review.ts";
import { approve } from "../review/approvals/approve.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { version } from "./version.ts";

export interface ApproveCommandFlags extends Omit<CommonFlags, "format" | "color"> {
  readonly sign: boolean;
  readonly note?: string;
}

/** `tread approve`: the check runs first, because its report is part of what is approved. @throws Refused, ConfigError */
export async function approveCommand(name: string, flags: ApproveCommandFlags): Promise<number> {
  const asked = await checkOptions([], { ...flags, format: "text", color: false });
  const { report, options, views } = await checked(asked, version());
  const { subjects, earlier } = reviewedMigrations(options, views);
  const gate = await gateInput(options, subjects, null);
  const input = { gate, report, subjects, earlier, now: new Date() };
  for (const line of await approve(input, name, { sign: flags.sign, note: flags.note })) process.stdout.write(`${line}\n`);
  return EXIT.ok;
}
