import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import { counted } from "../../text/numbers.ts";
import type { ClickHouseView } from "./view.ts";

/**
 * What depends on hosts, roles, paths and macros, and cannot be told without a cluster file. Listed, so that nobody takes silence for
 * an answer (design section 6).
 */
export function topologyUnknowns(views: readonly ClickHouseView[], clusters: ReadonlyMap<string, Cluster>): readonly string[] {
  const lines = new Set<string>();
  for (const view of views) {
    if (clusters.has(view.environment.name)) continue;
    const judged = view.judged.flat();
    // Where some environments have a cluster file, it must be said of which this is.
    const where = clusters.size === 0 ? "" : `${view.environment.name}: `;
    const end = judged.at(-1)?.after ?? view.start;
    const tables = [...end.tables.values()];
    const onClusters = new Set(
      judged.flatMap(({ statement }) => statement.changes.flatMap(({ cluster }) => (cluster === null ? [] : [cluster]))),
    );
    if (onClusters.size > 0)
      lines.add(`${where}which hosts ${list([...onClusters].map((name) => `ON CLUSTER ${name}`))} reaches, and whether all of them answer`);
    const replicated = tables.filter(({ engine }) => engine?.replicated === true);
    if (replicated.length > 0) {
      lines.add(`${where}how many replicas and shards hold ${names(replicated)}: an ALTER of a Replicated table runs once per shard`);
      const macros = new Set(replicated.flatMap(macrosOf));
      if (macros.size > 0)
        lines.add(`${where}whether every host defines the macros ${list([...macros].sort())}, and no two the same replica path`);
    }
    const distributed = tables.filter(({ forwards }) => forwards?.kind === "distributed");
    if (distributed.length > 0) {
      const used = new Set(distributed.flatMap(({ forwards }) => (forwards?.cluster == null ? [] : [forwards.cluster])));
      lines.add(
        `${where}which hosts hold ${names(distributed)} and the tables behind ${distributed.length === 1 ? "it" : "them"}${used.size === 0 ? "" : ` (cluster ${list([...used])})`}, and in which order they are changed there`,
      );
    }
    const perHost = tables.filter(
      ({ kind, engine }) => kind === "materialized-view" || kind === "dictionary" || engine?.family === "Kafka",
    );
    if (perHost.length > 0 && (replicated.length > 0 || onClusters.size > 0 || distributed.length > 0))
      lines.add(`${where}on which hosts ${names(perHost)} must be changed: replication carries none of them`);
  }
  if (lines.size === 0) return [];
  return [...lines, "a cluster file (`environments.NAME.cluster`, tread.cluster/1) answers these"];
}

function macrosOf({ engine }: ClickHouseTable): readonly string[] {
  return (engine?.args ?? []).flatMap(({ sql }) =>
    [...sql.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => (name === undefined ? [] : [`{${name}}`])),
  );
}

function names(tables: readonly ClickHouseTable[]): string {
  const shown = tables.slice(0, 3).map(({ name }) => name.replace(/^default\./, ""));
  const more = tables.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${counted(more, "other")}` : list(shown);
}

function list(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
