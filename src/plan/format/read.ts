import { ConfigError, type ConfigProblem } from "../../config/config-error.ts";
import { isUnreadable, settingName, type Located } from "../../config/located.ts";
import { problemsOf } from "../../config/problems.ts";
import type { Plan } from "../types.ts";

/**
 * Reads a plan, YAML or JSON.
 * @param file for messages
 * @throws ConfigError with every problem at once and its place: broken YAML, a wrong shape, names used twice, a condition on a step that
 * comes later or is no deploy
 */
export async function readPlan(file: string, text: string): Promise<Plan> {
  const [{ readYaml }, { planIssues, planJsonSchema }] = await Promise.all([import("../../config/read-yaml.ts"), import("./schema.ts")]);
  const read = readYaml(file, text, file.endsWith(".json") ? "json" : "yaml");
  if (isUnreadable(read))
    throw new ConfigError(
      file,
      read.errors.slice(0, 5).map((error) => ({ ...error, setting: "" })),
    );
  const shape = problemsOf(planIssues(read.value), read, planJsonSchema);
  if (shape.length > 0) throw new ConfigError(file, shape);
  const plan = read.value as Plan;
  const wrong = contradictions(plan, read);
  if (wrong.length > 0) throw new ConfigError(file, wrong);
  return plan;
}

/** What a schema cannot say. */
function contradictions(plan: Plan, read: Located): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (path: readonly PropertyKey[], message: string, help: string): void => {
    problems.push({ span: read.span(path, "value"), setting: settingName(path), message, help });
  };
  const phases = new Set<string>();
  const steps = new Set<string>();
  const deploys = new Set<string>();
  for (const [at, phase] of plan.phases.entries()) {
    const path = ["phases", at];
    if (phases.has(phase.name)) add([...path, "name"], `"${phase.name}" is the name of two phases`, "give each a name of its own");
    phases.add(phase.name);
    for (const [index, condition] of phase.opens.entries()) {
      const here = [...path, "opens", index];
      if (at === 0 && condition.when !== "unused")
        add(here, "the first phase waits for something that only an earlier one brings about", "move the condition to a later phase");
      else if (condition.when === "released" && !deploys.has(condition.step))
        add(
          [...here, "step"],
          `no earlier phase has a deploy step "${condition.step}"`,
          deploys.size === 0 ? "no earlier phase deploys anything" : `deploy steps before it: ${[...deploys].join(", ")}`,
        );
    }
    for (const [index, step] of phase.steps.entries()) {
      const here = [...path, "steps", index];
      if (steps.has(step.name)) add([...here, "name"], `"${step.name}" is the name of two steps`, "give each a name of its own");
      steps.add(step.name);
      if (step.kind === "deploy") deploys.add(step.name);
      if (step.kind === "migrate" && !step.transaction && step.sql.length !== 1)
        add(
          [...here, "sql"],
          `holds ${step.sql.length} statements, and runs outside of a transaction: one that fails would leave the others' work behind`,
          "one statement per step without a transaction",
        );
      if (step.kind === "migrate" && step.sql.length === 0 && step.operations.length === 0) add(here, "does nothing", "remove the step");
      if (step.kind === "deploy" && index < phase.steps.length - 1)
        add(
          here,
          "a deploy in the middle of its phase",
          "what comes after a deploy belongs to the next phase, which opens when it is live",
        );
    }
  }
  const last = plan.phases.at(-1)?.steps.at(-1);
  if (last !== undefined && last.kind !== "verify" && last.kind !== "deploy")
    add(["phases", plan.phases.length - 1, "steps"], "nothing verifies the end", "the last step is a verify step, which can fail");
  return problems;
}
