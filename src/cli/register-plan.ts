import { Option, type Command } from "commander";
import { liveOption, positiveInteger } from "./arguments.ts";
import type { PlanFlags } from "./plan.ts";

/** `tread plan` and its flags. */
export function registerPlan(program: Command, done: (code: number) => void): void {
  program
    .command("plan")
    .description("turn an unsafe change into phases that are safe while old versions serve: of a migration, or said in words")
    .argument(
      "[migration or change...]",
      "an id, a path, or words: not-null person.email, drop-column person.email, change-type person.id bigint",
    )
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "plan for one environment only; default: one plan that holds on all")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "yaml", "json"]).default("text"))
    .option("--output <file>", "write the plan to this file (`-`: only print it); default: plans/<name>.yaml beside the migrations")
    .addOption(new Option("--postgres <major>", "Postgres major version, 13 to 18").argParser(positiveInteger))
    .option("--base <ref>", "what this git ref has is applied")
    .option("--applied-through <id>", "migrations up to and including this one are applied")
    .option("--schema <file>", "the schema as it is: db/structure.sql, schema.sql, pg_dump --schema-only")
    .option("--database-url [url]", "the schema of this database, which is only read; without the URL: DATABASE_URL or the PG* variables")
    .addOption(liveOption("those of the config and on record"))
    .option("--emit", "write the migrations of the phase that is to be merged now, in the project's own tool", false)
    .option("--phase <name>", "with --emit: this phase (name or number), or `all`; default: the first that is not written yet")
    .option("--into <folder>", "with --emit: the folder of the migrations; default: where those of the plan's tables are")
    .option("--tool <name>", "with --emit: write for this tool, where the folder does not tell")
    .option("--cluster", "ClickHouse: the ordered walk of a migration over a cluster, from what its hosts hold now", false)
    .option("--clickhouse-url <url...>", "with --cluster: entry hosts; default: the hosts of the cluster file, else CLICKHOUSE_URL")
    .option("--cluster-file <file>", "with --cluster: the cluster file (tread.cluster/1); default: that of the environment")
    .option("--queue-gap", "with --cluster: drop and create a Kafka table, instead of a second one that takes over", false)
    .addHelpText("after", "\nchanges in words: tread plan changes")
    .action(async (words: string[], flags: PlanFlags & { readonly cluster: boolean }) => {
      if (flags.cluster) {
        const { clusterPlanCommand } = await import("./cluster/plan.ts");
        done(await clusterPlanCommand(words, flags));
        return;
      }
      if (words.length === 0) program.error("error: missing required argument 'migration or change'");
      const { planCommand } = await import("./plan.ts");
      done(await planCommand(words, flags));
    });
}
