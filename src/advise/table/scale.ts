import type { ScaleProfile, TableScale } from "../../model/environment.ts";
import type { ColumnStatistics } from "../data/synthetic.ts";
import type { TableDefinition } from "./definition.ts";

/** What scale profiles say of the table. */
export interface TableFacts {
  /** Over all shards, each once. */
  readonly rows: number | null;
  readonly partsPerPartition: number | null;
  readonly partitions: number | null;
  readonly columns: readonly ColumnStatistics[];
}

/** Replicas of a shard hold the same rows: the largest counts; an entry without a host is the whole table. */
export function factsOf(profiles: readonly ScaleProfile[], definition: TableDefinition): TableFacts | null {
  const name = `${definition.database}.${definition.table}`;
  const entries = profiles
    .filter(({ server }) => server.engine === "clickhouse")
    .flatMap(({ tables }) => tables.filter(({ table }) => table === name));
  const whole = entries.find((entry) => (entry.host ?? null) === null);
  const shards = new Map<string, TableScale>();
  for (const entry of entries) {
    const shard = String(entry.shard ?? "");
    const other = shards.get(shard);
    if (other === undefined || (entry.rows ?? 0) > (other.rows ?? 0)) shards.set(shard, entry);
  }
  const counted = whole === undefined ? [...shards.values()] : [whole];
  const [first] = counted;
  if (first === undefined) return null;
  const rows = counted.every((entry) => entry.rows !== null) ? counted.reduce((sum, entry) => sum + (entry.rows ?? 0), 0) : null;
  const parts = first.parts ?? null;
  const partitions = first.partitions ?? null;
  return {
    rows,
    partitions,
    partsPerPartition: parts === null || partitions === null || partitions === 0 ? null : Math.max(1, Math.round(parts / partitions)),
    columns: first.columns.map(({ column, distinct, nullFraction, compressedBytes, uncompressedBytes }) => ({
      column,
      distinct,
      nullFraction,
      compressedBytes: compressedBytes ?? null,
      uncompressedBytes: uncompressedBytes ?? null,
    })),
  };
}
