import type { CheckOptions } from "../check/options.ts";
import type { Plan } from "../plan/types.ts";
import { EXIT } from "./exit-codes.ts";
import { version } from "./version.ts";

/** What `tread plan --emit` takes. */
export interface EmitFlags {
  readonly emit?: boolean;
  /** Name or number of a phase, or `all`. */
  readonly phase?: string;
  readonly into?: string;
  readonly tool?: string;
}

/**
 * Writes the migrations of a plan beside those of the project, in its tool's words.
 * @param planFile as people call it
 * @throws EmitRefused, ConfigError
 */
export async function emitPlan(plan: Plan, planFile: string, flags: EmitFlags, options: CheckOptions): Promise<number> {
  const [{ emissionFor }, { writeEmission }] = await Promise.all([import("../check/emit.ts"), import("../plan/emit/index.ts")]);
  const request = { into: flags.into ?? null, tool: flags.tool ?? null, phase: flags.phase ?? null, planFile };
  const { emission, findings } = await emissionFor(plan, request, options, version());
  writeEmission(emission);
  const { place, files, phases, next, notes } = emission;
  const lines = [
    `${phases.map(({ name }) => name).join(", ")} of ${plan.name}, for ${place.layout}:`,
    ...files.map(
      ({ file, changes }) => `  ${place.shown === "." ? "" : `${place.shown}/`}${file}${changes === true ? " (an entry more)" : ""}`,
    ),
  ];
  for (const phase of phases) {
    for (const { sentence } of phase.opens) lines.push(`not before: ${sentence}`);
    for (const step of phase.steps) {
      if (step.kind === "deploy") lines.push(`deploy: ${step.summary}`, ...step.code.map((sentence) => `  - ${sentence}`));
      if (step.kind === "approve") lines.push(`before it runs, somebody says yes: ${step.why}`);
    }
  }
  lines.push(...notes.map((note) => `note: ${note}`));
  for (const finding of findings)
    lines.push(
      `${finding.severity}[${finding.rule}]: ${finding.span === null ? "" : `${finding.span.file}:${finding.span.line}: `}${finding.message}`,
      `  ${phases.some(({ opens }) => opens.length > 0) ? "true until the phase opens, see above; " : ""}help: ${finding.help}`,
    );
  lines.push(
    next === null
      ? "these were the last: nothing of the plan is left to write"
      : `next: tread plan ${planFile} --emit --phase ${next.name}${next.opens.length === 0 ? "" : `, once ${next.opens.map(({ sentence }) => sentence).join("; ")}`}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.ok;
}
