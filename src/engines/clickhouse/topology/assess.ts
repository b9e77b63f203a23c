import type { HostStatus } from "../../../model/clickhouse/cluster-status.ts";
import type { Topology } from "../../../model/clickhouse/topology.ts";
import { spellBytes } from "../../../text/bytes.ts";
import { counted } from "../../../text/numbers.ts";

/** Something of a host that a person should know. */
export interface HostProblem {
  readonly host: string;
  /** `error`: a change of schema or the data itself is in danger now. `warning`: it may resolve by itself. */
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly help: string;
}

/** Replicas further behind are told of. */
const DELAY_SECONDS = 300;
/** Less free space is told of. */
const FREE_SHARE = 0.1;

/** What is wrong with each host that answered. Hosts that did not are not judged: nothing is known of them. */
export function assess(topology: Topology, statuses: ReadonlyMap<string, HostStatus>): readonly HostProblem[] {
  return topology.hosts.flatMap(({ name }) => {
    const status = statuses.get(name);
    return status === undefined ? [] : problemsOf(status);
  });
}

function problemsOf(status: HostStatus): readonly HostProblem[] {
  const problems: HostProblem[] = [];
  const add = (severity: HostProblem["severity"], message: string, help: string): void =>
    void problems.push({ host: status.host, severity, message, help });
  if (status.keeper.state === "expired")
    add(
      "error",
      `its session with Keeper is lost: ${status.keeper.reason}`,
      "replicated tables take no INSERT and no ALTER until it is back",
    );
  for (const replica of status.replicas) {
    if (replica.readOnly)
      add("error", `${replica.table} is read-only`, "it takes no INSERT and no ALTER: is Keeper reachable? Else SYSTEM RESTORE REPLICA");
    else if (replica.active < replica.total)
      add(
        "warning",
        `${counted(replica.total - replica.active, "replica")} of ${replica.table} of ${replica.total} ${replica.total - replica.active === 1 ? "is" : "are"} not active`,
        "an ALTER that waits for all of them answers 341 and is applied later",
      );
    if (replica.delaySeconds > DELAY_SECONDS)
      add(
        "warning",
        `${replica.table} is ${counted(replica.delaySeconds, "second")} behind`,
        `${counted(replica.queue, "entry", "entries")} in its queue`,
      );
  }
  for (const entry of status.stuck.filter(({ exception }) => exception !== ""))
    add(
      "warning",
      `${entry.type} of ${entry.table} failed ${counted(entry.tries, "time")}: ${entry.exception}`,
      "replication goes on behind it; an ALTER waits for it",
    );
  for (const mutation of status.mutations)
    if (mutation.failed === null)
      add(
        "warning",
        `mutation ${mutation.id} of ${mutation.table} is under way since ${mutation.created}, ${counted(mutation.partsToDo, "part")} to do: ${mutation.command}`,
        "an ALTER of the same columns waits for it",
      );
    else
      add(
        "error",
        `mutation ${mutation.id} of ${mutation.table} fails on part ${mutation.failed.part}: ${mutation.failed.reason}`,
        `it is tried again for ever and holds up those after it: KILL MUTATION WHERE mutation_id = '${mutation.id}', then correct it`,
      );
  for (const queue of status.distribution) {
    const what = `${queue.table} to ${queue.to}`;
    if (queue.broken > 0)
      add(
        "error",
        `${counted(queue.broken, "file")} of rows from ${what} ${queue.broken === 1 ? "was" : "were"} given up${queue.lastException === "" ? "" : `: ${queue.lastException}`}`,
        "the rows lie in its folder `broken` and reach no shard",
      );
    if (queue.files > 0 && (queue.errors > 0 || queue.blocked))
      add(
        "error",
        `${counted(queue.files, "file")} (${spellBytes(queue.bytes)}) of rows from ${what} ${queue.blocked ? "are held back (sends are stopped)" : `cannot be sent: ${queue.lastException}`}`,
        queue.blocked ? "SYSTEM START DISTRIBUTED SENDS" : "nothing behind it is sent before it",
      );
    else if (queue.files > 0)
      add(
        "warning",
        `${counted(queue.files, "file")} (${spellBytes(queue.bytes)}) of rows from ${what} wait to be sent`,
        "no column of it may be dropped before they are",
      );
  }
  for (const detached of status.detached)
    if (detached.reason !== "" && detached.reason !== "ignored")
      add(
        "warning",
        `${counted(detached.parts, "part")} of ${detached.table} ${detached.parts === 1 ? "is" : "are"} detached (${detached.reason})`,
        "their rows are not read: ATTACH PART, or drop them",
      );
  for (const ddl of status.ddl)
    add(
      "warning",
      `an ON CLUSTER statement is not finished here (${ddl.entry}, ${ddl.status}): ${ddl.query}`,
      ddl.exception === "" ? "it runs when those before it are through" : ddl.exception,
    );
  for (const disk of status.disks)
    if (disk.totalBytes > 0 && disk.freeBytes / disk.totalBytes < FREE_SHARE)
      add(
        "warning",
        `disk ${disk.name} has ${spellBytes(disk.freeBytes)} left of ${spellBytes(disk.totalBytes)}`,
        "a mutation writes what it changes a second time",
      );
  for (const backup of status.backups)
    add(
      "warning",
      `a backup or restore is under way (${backup.id}, ${backup.status})`,
      "an ALTER meanwhile may leave the backup in two states",
    );
  return problems;
}
