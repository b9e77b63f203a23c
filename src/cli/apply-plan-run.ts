import { readFileSync } from "node:fs";
import type { Migration } from "../model/migration.ts";
import type { Plan } from "../plan/types.ts";
import { type ApplyFlags, applyOptions, type Options } from "./apply.ts";

/** A plan with everything around it that does not change while it runs. */
export interface PlanRun {
  readonly plan: Plan;
  /** As people call it. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  readonly options: Options;
  readonly flags: ApplyFlags;
}

/** @throws PlanTrouble, ConfigError */
export async function planRun(file: string, flags: ApplyFlags): Promise<PlanRun> {
  const [{ readPlanFile }, { PlanTrouble }, { migrationsOf }, { withReleases }] = await Promise.all([
    import("../plan/format/file.ts"),
    import("../plan/trouble.ts"),
    import("../check/apply-plan.ts"),
    import("../check/releases.ts"),
  ]);
  const plan = await readPlanFile(file, file);
  if (plan.database !== "postgres")
    throw new PlanTrouble(
      `${file}: for ClickHouse, and tread apply runs plans on Postgres`,
      "its hosts are walked one by one: `tread cluster --help`",
    );
  if (flags.only !== undefined) throw new PlanTrouble("--only: a plan's steps run in their order", "--to PHASE stops after a phase");
  const asked = await applyOptions([], flags);
  const options: Options = { ...(await withReleases(asked)), target: asked.target };
  const migrations = await migrationsOf(plan, { shown: file, text: readFileSync(file, "utf8") }, options);
  return { plan, file, migrations, options, flags };
}
