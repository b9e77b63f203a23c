import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { named, namedList } from "./words.ts";

export const onCluster: ClickHouseRule = {
  id: "on-cluster",
  summary: "ON CLUSTER: it may time out and go on, and an ALTER of a Replicated table races with itself",
  checkMigration({ statements }, context): readonly ClickHouseHazard[] {
    const used = statements.filter(({ statement }) => statement.changes.some(({ cluster }) => cluster !== null));
    const [first] = used;
    const name = first?.statement.changes.find(({ cluster }) => cluster !== null)?.cluster ?? null;
    if (first === undefined || name === null) return [];
    const known = context.cluster?.clusters.map((one) => one.name) ?? null;
    const unknown = known !== null && !known.includes(name) && !name.includes("{");
    const replicated = used.flatMap((one) =>
      one.statement.changes.flatMap((change) =>
        "table" in change &&
        typeof change.table === "string" &&
        change.kind !== "insert" &&
        context.table(one, change.table)?.engine?.replicated === true
          ? [change.table]
          : [],
      ),
    );
    const waits = used.some(({ statement, before }) =>
      statement.changes.some(
        ({ settings }) => Number(settings?.get("mutations_sync") ?? before.session.settings.get("mutations_sync") ?? 0) > 0,
      ),
    );
    return [
      {
        severity: unknown ? "error" : "warning",
        statement: first.statement.index,
        about: name,
        message: unknown
          ? `the cluster ${named(name)} is not in ${context.cluster?.file ?? "the cluster file"}`
          : `ON CLUSTER ${name}${replicated.length === 0 ? "" : ` alters ${namedList([...new Set(replicated)])}, which ${replicated.length === 1 ? "is" : "are"} replicated`}: partly done is possible, and hard to see`,
        label: replicated.length === 0 ? "180 s, then code 159, and it goes on" : "every replica tries the same ALTER",
        why: unknown
          ? "The server answers with code 170, and nothing runs."
          : `After 180 s the client gets code 159 while hosts go on one after the other; one that is down gets it later, or never.${replicated.length === 0 ? "" : " An ALTER of a Replicated table belongs on one replica per shard: sent to all, they race and some answer 517."}${waits ? " With mutations_sync the statement waits for the mutation itself, and a long one always looks like a failure." : ""}`,
        help: unknown
          ? `known: ${(known ?? []).join(", ")}`
          : "send it to each host (an ALTER of a Replicated table to one replica per shard, with `alter_sync = 2`); where it must be ON CLUSTER, `SETTINGS distributed_ddl_output_mode = 'null_status_on_timeout'` and read system.distributed_ddl_queue before anything is run again",
        evidence: [],
      },
    ];
  },
};
