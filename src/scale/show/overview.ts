import type { ScaleProfile, TableScale, Thresholds } from "../../model/environment.ts";
import { displayName } from "../../model/schema.ts";

/** A profile from which nothing was read for so long may be of another database by now. */
const OLD_DAYS = 30;

/** One profile as people look at it. */
export interface Overview {
  /** The file as it was named. */
  readonly file: string;
  /** Environments of the config that use it. */
  readonly environments: readonly string[];
  readonly server: { readonly engine: string; readonly version: string };
  readonly collectedAt: string;
  readonly ageDays: number;
  /** Older than 30 days. */
  readonly old: boolean;
  readonly thresholds: Thresholds;
  readonly totals: {
    readonly tables: number;
    readonly rows: number | null;
    readonly bytes: number | null;
    readonly indexBytes: number | null;
    readonly readsPerSecond: number | null;
    readonly writesPerSecond: number | null;
  };
  /** Largest first. */
  readonly tables: readonly ShownTable[];
}

export interface ShownTable {
  readonly table: string;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly indexBytes: number | null;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly longestTransactionSeconds: number | null;
  /** At or above `thresholds.largeRows`. */
  readonly large: boolean;
  /** At or above `thresholds.hotReadsPerSecond`. */
  readonly hot: boolean;
  /** The partitioned table that its rows count for, too. */
  readonly partitionOf: string | null;
  /** Of ClickHouse only; parts and partitions as on the largest replica of each shard, free space where there is least. */
  readonly clickhouse?: {
    readonly engine: string | null;
    readonly hosts: number;
    readonly parts: number | null;
    readonly partitions: number | null;
    readonly freeBytes: number | null;
  };
}

/** @param now milliseconds since 1970 */
export function overviewOf(
  file: string,
  environments: readonly string[],
  profile: ScaleProfile,
  thresholds: Thresholds,
  now: number,
): Overview {
  const entries = profile.server.engine === "clickhouse" ? overHosts(profile.tables) : profile.tables;
  const tables = entries.map((entry): ShownTable => ({
    table: profile.server.engine === "postgres" ? displayName(entry.table) : entry.table,
    rows: entry.rows,
    bytes: entry.bytes,
    indexBytes: entry.indexBytes,
    readsPerSecond: entry.readsPerSecond,
    writesPerSecond: entry.writesPerSecond,
    longestTransactionSeconds: entry.longestTransactionSeconds,
    large: (entry.rows ?? 0) >= thresholds.largeRows,
    hot: (entry.readsPerSecond ?? 0) >= thresholds.hotReadsPerSecond,
    partitionOf: entry.partitionOf ?? null,
    ...(profile.server.engine === "clickhouse"
      ? {
          clickhouse: onHosts(
            profile.tables.filter(({ table }) => table === entry.table),
            entry,
          ),
        }
      : {}),
  }));
  // A partition's rows are in its parent's, where the parent is listed.
  const names = new Set(entries.map((entry) => entry.table));
  const counted = tables.filter((table) => table.partitionOf === null || !names.has(table.partitionOf));
  const collected = Date.parse(
    profile.collectedAt.length <= 10 ? `${profile.collectedAt}T00:00:00Z` : profile.collectedAt.replace(" ", "T"),
  );
  const ageDays = Number.isNaN(collected) ? 0 : Math.max(0, Math.floor((now - collected) / 86_400_000));
  return {
    file,
    environments,
    server: profile.server,
    collectedAt: profile.collectedAt,
    ageDays,
    old: ageDays > OLD_DAYS,
    thresholds,
    totals: {
      tables: counted.length,
      rows: total(counted, (t) => t.rows),
      bytes: total(counted, (t) => t.bytes),
      indexBytes: total(counted, (t) => t.indexBytes),
      readsPerSecond: total(counted, (t) => t.readsPerSecond),
      writesPerSecond: total(counted, (t) => t.writesPerSecond),
    },
    tables: [...tables].sort(bySize),
  };
}

/** What is known, added up; null when nothing is. */
function total(tables: readonly ShownTable[], of: (table: ShownTable) => number | null): number | null {
  const known = tables.flatMap((table) => of(table) ?? []);
  return known.length === 0 ? null : Math.round(known.reduce((sum, value) => sum + value, 0) * 100) / 100;
}

function bySize(a: ShownTable, b: ShownTable): number {
  const size = (t: ShownTable): number => (t.bytes ?? 0) + (t.indexBytes ?? 0);
  return size(b) - size(a) || (b.rows ?? 0) - (a.rows ?? 0) || (a.table < b.table ? -1 : 1);
}

function onHosts(entries: readonly TableScale[], sum: TableScale): NonNullable<ShownTable["clickhouse"]> {
  const free = entries.flatMap(({ freeBytes }) => freeBytes ?? []);
  return {
    engine: sum.engine ?? null,
    hosts: new Set(entries.flatMap(({ host }) => host ?? [])).size,
    parts: sum.parts ?? null,
    partitions: sum.partitions ?? null,
    freeBytes: free.length === 0 ? null : Math.min(...free),
  };
}

/** ClickHouse: summed over shards with the largest replica of each; an entry without a host is the whole table. */
function overHosts(tables: readonly TableScale[]): readonly TableScale[] {
  const byTable = new Map<string, OnHost[]>();
  for (const entry of tables as readonly OnHost[]) byTable.set(entry.table, [...(byTable.get(entry.table) ?? []), entry]);
  return [...byTable.values()].flatMap((entries): TableScale[] => {
    const [first] = entries;
    if (first === undefined) return [];
    const whole = entries.find((entry) => entry.host === null || entry.host === undefined);
    if (whole !== undefined) return [withRates(whole)];
    const shards = new Map<string, OnHost[]>();
    for (const entry of entries) {
      const shard = String(entry.shard ?? "");
      shards.set(shard, [...(shards.get(shard) ?? []), entry]);
    }
    const largest = [...shards.values()].map((replicas) => replicas.reduce((a, b) => ((b.rows ?? 0) > (a.rows ?? 0) ? b : a)));
    const sum = (of: (entry: OnHost) => number | null | undefined, among: readonly OnHost[]): number | null => {
      const known = among.flatMap((entry) => of(entry) ?? []);
      return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
    };
    return [
      {
        ...first,
        rows: sum((e) => e.rows, largest),
        bytes: sum((e) => e.bytes, largest),
        indexBytes: sum((e) => e.indexBytes, largest),
        parts: sum((e) => e.parts, largest),
        partitions: largest.reduce<number | null>((most, e) => (e.partitions == null ? most : Math.max(most ?? 0, e.partitions)), null),
        // Every replica serves its own queries.
        readsPerSecond: sum((e) => e.selectsPerSecond ?? e.readsPerSecond, entries),
        writesPerSecond: sum((e) => e.insertsPerSecond ?? e.writesPerSecond, entries),
      },
    ];
  });
}

function withRates(entry: OnHost): TableScale {
  return {
    ...entry,
    readsPerSecond: entry.readsPerSecond ?? entry.selectsPerSecond ?? null,
    writesPerSecond: entry.writesPerSecond ?? entry.insertsPerSecond ?? null,
  };
}

interface OnHost extends TableScale {
  readonly host?: string | null;
  readonly shard?: string | number | null;
  readonly selectsPerSecond?: number | null;
  readonly insertsPerSecond?: number | null;
}
