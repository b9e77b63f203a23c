import { replicaPath } from "./graph.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { list, named } from "./words.ts";

export const replicaPathCollides: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "replica-path-collides",
  summary: "two replicas with one path in Keeper, or a path that hosts cannot fill in",
  check({ table, ifNotExists, cluster }, statement, context): readonly ClickHouseHazard[] {
    const path = replicaPath(table);
    if (
      table.engine?.replicated !== true ||
      (ifNotExists && statement.before.tables.has(table.name)) ||
      context.effects(statement).error !== null
    )
      return [];
    const found: ClickHouseHazard[] = [];
    const database = statement.before.databases.get(table.database);
    const add = (about: string, message: string, why: string, help: string): void => {
      found.push({ severity: "error", about: `${table.name} ${about}`, message, why, help, evidence: [] });
    };
    if ((path === null || path.includes("{uuid}")) && cluster === null && database?.engine !== "Replicated" && path !== null)
      add(
        "uuid",
        `the path of ${named(table.name)} holds {uuid}, and the statement is not ON CLUSTER: every host makes another one`,
        "Each host creates a UUID of its own (or the server refuses it with code 36), so the replicas do not find each other and each holds its own rows.",
        "a path without {uuid} (`'/clickhouse/tables/{shard}/db/table'`), or `CREATE TABLE … UUID '…'` with one that is made once",
      );
    if (path === null) return found;
    const twin = /\{(?:table|uuid)\}/.test(path)
      ? undefined
      : context
          .graph(statement.before)
          .withPath(path)
          .find((other) => other.name !== table.name);
    if (twin !== undefined)
      add(
        "twin",
        `${named(table.name)} and ${named(twin.name)} have one path in Keeper: ${path}`,
        "The second one is refused (code 253, or 122 and 342 where they differ), or becomes a replica of the other table.",
        "a path of its own: `{database}/{table}` in it, or the name as text",
      );
    const dropped = context
      .earlier(statement)
      .find((one) =>
        one.statement.changes.some(
          (change) =>
            change.kind === "drop-table" &&
            !change.sync &&
            replicaPath(one.before.tables.get(change.name) ?? table) === path &&
            one.before.tables.has(change.name),
        ),
      );
    if (dropped !== undefined && !path.includes("{uuid}"))
      add(
        "dropped",
        `${named(table.name)} is created under the path of a table that was dropped without SYNC a moment ago`,
        "The replica stays in Keeper until the files go, 480 s later: CREATE answers code 253 until then.",
        "DROP TABLE … SYNC where the rows are really to go (there is no UNDROP then), or another path",
      );
    if (!path.includes("{shard}") && context.cluster !== null && context.cluster.clusters.some(({ shards }) => shards.length > 1))
      add(
        "shard",
        `the path of ${named(table.name)} does not hold {shard}, and the cluster has several`,
        "All hosts become replicas of one table: every shard holds the rows of all, or the second host is refused (code 253).",
        "`'/clickhouse/tables/{shard}/…'`",
      );
    if (context.cluster !== null) {
      const used = [...`${path} ${table.engine.args[1]?.sql ?? ""}`.matchAll(/\{(\w+)\}/g)]
        .map(([, name = ""]) => name)
        .filter((name) => !["database", "table", "uuid"].includes(name));
      const hosts = context.cluster.clusters.flatMap(({ shards }) => shards.flatMap(({ replicas }) => replicas));
      const without = hosts.filter(({ macros }) => used.some((name) => !Object.hasOwn(macros, name)));
      if (without.length > 0)
        add(
          "macro",
          `${list([...new Set(without.map(({ host }) => host))])} ${without.length === 1 ? "does" : "do"} not define ${list([...new Set(used)].map((name) => `{${name}}`))}`,
          "CREATE fails there with code 139, and the other hosts have the table.",
          "define the macros on every host first (`system.macros`)",
        );
      const seen = new Map<string, string>();
      for (const { host, macros } of hosts) {
        const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => macros[name] ?? whole);
        const key = `${fill(path)} ${fill(table.engine.args[1]?.sql ?? "")}`;
        const other = seen.get(key);
        if (other !== undefined && other !== host && found.length === 0) {
          add(
            "replica",
            `${host} and ${other} would be the same replica of ${named(table.name)}: ${key}`,
            "The second one is refused with code 253.",
            "a {replica} macro of its own on every host",
          );
          break;
        }
        seen.set(key, host);
      }
    }
    return found;
  },
});
