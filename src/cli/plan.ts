import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { PlanProject } from "../check/plan.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Plan } from "../plan/types.ts";
import { EXIT } from "./exit-codes.ts";
import type { EmitFlags } from "./emit.ts";
import type { LiveFlag } from "./arguments.ts";
import { checkOptions } from "./options.ts";
import { isPlanFile } from "./plan-file.ts";

export interface PlanFlags extends EmitFlags {
  readonly config?: string;
  readonly environment?: string;
  readonly format: "text" | "yaml" | "json";
  readonly output?: string;
  readonly postgres?: number;
  readonly base?: string;
  readonly appliedThrough?: string;
  readonly schema?: string;
  readonly databaseUrl?: string | true;
  readonly live: readonly LiveFlag[];
}

export async function planCommand(args: readonly string[], flags: PlanFlags): Promise<number> {
  const [{ isVerb, readWords, usages }, { planFromMigration, planFromWords }] = await Promise.all([
    import("../plan/words/read.ts"),
    import("../check/plan.ts"),
  ]);
  const [first = ""] = args;
  if (first === "changes" && args.length === 1) {
    process.stdout.write(
      usages()
        .map((usage) => `tread plan ${usage}\n`)
        .join(""),
    );
    return EXIT.ok;
  }
  if (isPlanFile(first, args.length)) return await onPlanFile(first, flags);
  const words = isVerb(first.trim().split(/\s+/)[0] ?? "");
  // What is neither: said before anything is loaded. One word may be a migration's id; several in one argument, a path.
  if (!words && (args.length > 1 || first.trim() === "" || (/\s/.test(first.trim()) && !existsSync(first)))) readWords(args);
  const said = words ? readWords(args) : null;
  const options = await checkOptions([], { ...flags, color: false });
  const { plans, left, project } = said === null ? await planFromMigration(first, options) : await planFromWords(said, options);
  for (const text of left) process.stderr.write(`${text}\n`);
  const written: string[] = [];
  for (const plan of plans) {
    const file = flags.output === "-" ? null : placeOf(plan, flags.output, project, plans.length);
    if (file !== null) written.push(await write(plan, file, flags));
  }
  process.stdout.write(await printed(plans, flags.format));
  if (flags.format === "text" && written.length > 0) process.stdout.write(`\nwritten to ${written.join(", ")}\n`);
  if (flags.emit === true) {
    const { emitPlan } = await import("./emit.ts");
    for (const [i, plan] of plans.entries()) await emitPlan(plan, written[i] ?? `plans/${plan.name}.yaml`, flags, options);
  }
  return EXIT.ok;
}

/** `tread plan plans/x.yaml`: what stands in a plan, and with `--emit` its migrations. */
async function onPlanFile(file: string, flags: PlanFlags): Promise<number> {
  const { readPlanFile } = await import("../plan/format/file.ts");
  const plan = await readPlanFile(resolve(file), file);
  if (flags.emit !== true) {
    process.stdout.write(await printed([plan], flags.format));
    return EXIT.ok;
  }
  const { emitPlan } = await import("./emit.ts");
  return await emitPlan(plan, file, flags, await checkOptions([], { ...flags, color: false }));
}

async function printed(plans: readonly Plan[], format: PlanFlags["format"]): Promise<string> {
  if (format === "json") return `${JSON.stringify(plans.length === 1 ? plans[0] : plans, null, 2)}\n`;
  if (format === "yaml") {
    const { planYaml } = await import("../plan/format/write.ts");
    return (await Promise.all(plans.map(planYaml))).join("---\n");
  }
  const { planText } = await import("../plan/format/text.ts");
  return plans.map(planText).join("\n");
}

/** Beside the folder of migrations, not in it: no migration tool may trip over it. */
function placeOf(plan: Plan, output: string | undefined, project: PlanProject, of: number): string {
  if (output === undefined) return resolve(project.beside, "plans", `${plan.name}.yaml`);
  if (of > 1 || output.endsWith(sep) || output.endsWith("/")) return resolve(output, `${plan.name}.yaml`);
  return resolve(output);
}

/** @throws ConfigError when the file is there already: what people have edited or begun is never overwritten */
async function write(plan: Plan, file: string, { emit }: EmitFlags): Promise<string> {
  const shown = relative(process.cwd(), file).split(sep).join("/");
  if (existsSync(file) && emit === true && (await isSamePlan(plan, file, shown))) return shown;
  if (existsSync(file))
    throw new ConfigError("the command line", [
      {
        span: null,
        setting: "--output",
        message: `${shown} exists already`,
        help: "a plan is never overwritten: remove it when it is not needed any more, name another --output, or print only with --output -",
      },
    ]);
  const { planYaml } = await import("../plan/format/write.ts");
  const text = file.endsWith(".json") ? `${JSON.stringify(plan, null, 2)}\n` : await planYaml(plan);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new ConfigError("the command line", [
      {
        span: null,
        setting: "--output",
        message: `${shown} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
        help: "choose a folder that you may write to",
      },
    ]);
  }
  return shown;
}

async function isSamePlan(plan: Plan, file: string, shown: string): Promise<boolean> {
  const [{ readPlanFile }, { planHash }] = await Promise.all([import("../plan/format/file.ts"), import("../plan/hash.ts")]);
  return planHash(await readPlanFile(file, shown)) === planHash(plan);
}
