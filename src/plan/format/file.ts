import { readFileSync } from "node:fs";
import type { Plan } from "../types.ts";
import { PlanTrouble } from "../trouble.ts";
import { readPlan } from "./read.ts";

/** @param shown the file as messages name it @throws PlanTrouble where there is none, ConfigError for what is wrong in it */
export async function readPlanFile(file: string, shown: string): Promise<Plan> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new PlanTrouble(
      code === "ENOENT" ? `${shown} does not exist` : `${shown} could not be read (${code})`,
      "name a plan: `tread plan <change>` writes one into plans/ beside the migrations",
    );
  }
  return await readPlan(shown, text);
}
