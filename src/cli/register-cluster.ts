import { type Command, Option } from "commander";
import { positiveInteger } from "./arguments.ts";
import type { AdoptFlags } from "./cluster/adopt.ts";
import type { DriftFlags } from "./cluster/drift.ts";
import type { StatusFlags } from "./cluster/status.ts";

/** `tread cluster status|drift|adopt`. */
export function registerCluster(program: Command, done: (code: number) => void): void {
  const cluster = program
    .command("cluster")
    .description("a ClickHouse cluster: its hosts one by one, what differs between them, a cluster file from what is there")
    .showHelpAfterError("(tread cluster --help lists the commands)");
  onCluster(cluster.command("status"))
    .description(
      "every host: role, version, replicas, queues, mutations, detached parts; 1 when something is wrong, 3 when a host cannot be read",
    )
    .addOption(format())
    .action(async (flags: StatusFlags) => {
      const { clusterStatusCommand } = await import("./cluster/status.ts");
      done(await clusterStatusCommand(flags));
    });
  onCluster(cluster.command("drift").argument("[path...]", "migrations to compare with; default: the ClickHouse sources of the config"))
    .description(
      "what differs between replicas, shards and the repository, and what leads nowhere; 1 on drift, 3 when a host cannot be read",
    )
    .addOption(format())
    .option("--no-repository", "compare the hosts with each other only")
    .option("--applied-through <id>", "migrations up to and including this one are applied; default: as the config or the cluster says")
    .action(async (paths: string[], flags: DriftFlags) => {
      const { clusterDriftCommand } = await import("./cluster/drift.ts");
      done(await clusterDriftCommand(paths, flags));
    });
  onCluster(cluster.command("adopt"))
    .description("write a cluster file and a baseline of the schema from what the hosts say")
    .option("--output <file>", "the cluster file; default: that of the environment, else clickhouse/cluster.yaml")
    .option(
      "--baseline <file>",
      "the schema as CREATE statements, for `schema:` of a source; default: baseline.sql beside the cluster file",
    )
    .option("--no-baseline", "only the cluster file")
    .option("--force", "overwrite files that are there", false)
    .action(async (flags: AdoptFlags) => {
      const { clusterAdoptCommand } = await import("./cluster/adopt.ts");
      done(await clusterAdoptCommand(flags));
    });
}

function onCluster(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--clickhouse-url <url>",
        "an entry host: https://reader@ch-1:8443; repeatable. Default: the hosts of the cluster file, else CLICKHOUSE_URL. Only read",
      )
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "see there"),
    )
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "the environment whose cluster this is")
    .option("--cluster-file <file>", "the cluster file (tread.cluster/1); default: that of the environment")
    .addOption(
      new Option("--cluster <name>", "only this cluster of system.clusters; repeatable").argParser(
        (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
      ),
    )
    .addOption(new Option("--timeout <seconds>", "longest that a host may take for one question").default(3).argParser(positiveInteger))
    .addOption(new Option("--connections <n>", "hosts asked at a time").default(8).argParser(positiveInteger));
}

function format(): Option {
  return new Option("--format <format>", "how to print").choices(["text", "json"]).default("text");
}
