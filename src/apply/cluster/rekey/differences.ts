import type { KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import { literal, pairs, type WalkHost } from "../host.ts";
import { inPartition, READ_MS, table, type RowText } from "./rows.ts";

/** Count and checksum of the rows of a partition; both tables have the same of either when they hold the same rows. */
export interface Sum {
  readonly rows: number;
  readonly checksum: string;
}

export interface Pair {
  readonly move: KeyMove;
  readonly text: RowText;
  /** Whether this host has swapped: then `other` is the old table. */
  readonly swapped: boolean;
}

/** How often a row is in either table, where that is not the same. */
export interface Difference {
  /** Hex of the row's hash. */
  readonly hash: string;
  readonly inTable: number;
  readonly inOther: number;
}

/** Above this many, nobody looks at single rows any more. */
const MOST = 100_000;

function source(full: string, move: KeyMove): string {
  return `${table(full)}${move.compares === "final" ? " FINAL" : ""}`;
}

/** Of every old partition, in one table. One read where both tables have the same partitions, else one for all. @throws HostTrouble */
export async function sums(
  host: WalkHost,
  { move, text }: Pair,
  full: string,
  partitions: readonly string[],
): Promise<ReadonlyMap<string, Sum>> {
  const found = new Map<string, Sum>();
  const select = `count() AS rows, toString(sum(reinterpretAsUInt64(substring(reinterpretAsFixedString(h), 1, 8)))) AS checksum`;
  const read = async (where: string, group: string): Promise<void> => {
    const rows = await host.rows<{ id: string; rows: number | string; checksum: string }>(
      `SELECT id, ${select} FROM (SELECT ${group} AS id, ${text.hash} AS h FROM ${source(full, move)}${where}) GROUP BY id`,
      READ_MS,
    );
    for (const { id, rows: n, checksum } of rows) found.set(id, { rows: Number(n), checksum });
  };
  if (move.partitionsDiffer || move.compares === "final")
    await read(partitions.length === 0 ? "" : ` WHERE ${text.partition} IN (${partitions.map(literal).join(", ")})`, text.partition);
  else for (const id of partitions) await read(` WHERE _partition_id = ${literal(id)}`, literal(id));
  return found;
}

/** Rows of a partition that are not as often in one table as in the other; null: too many to look at. @throws HostTrouble */
export async function differences(host: WalkHost, pair: Pair, partition: string, rows: number): Promise<readonly Difference[] | null> {
  // A bucket at a time, so that the hashes of no more than some million rows are held.
  const buckets = Math.max(1, Math.ceil(rows / 4_000_000));
  const found: Difference[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const only = buckets === 1 ? "" : ` AND sipHash64(${pair.text.hash}) % ${buckets} = ${bucket}`;
    found.push(...(await among(host, pair, partition, only, MOST + 1 - found.length)));
    if (found.length > MOST) return null;
  }
  return found;
}

/** The same for rows that are known by their hashes. @throws HostTrouble */
export async function againOf(host: WalkHost, pair: Pair, partition: string, hashes: readonly string[]): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (let at = 0; at < hashes.length; at += 2000)
    found.push(
      ...(await among(
        host,
        pair,
        partition,
        ` AND hex(${pair.text.hash}) IN (${hashes
          .slice(at, at + 2000)
          .map(literal)
          .join(", ")})`,
        MOST,
      )),
    );
  return found;
}

async function among(host: WalkHost, pair: Pair, partition: string, only: string, limit: number): Promise<readonly Difference[]> {
  const { move, text, swapped } = pair;
  const side = (full: string, of: "table" | "other"): string =>
    `SELECT ${text.hash} AS h, ${of === "table" ? "1 AS is_t, 0 AS is_o" : "0 AS is_t, 1 AS is_o"} FROM ${source(full, move)} WHERE ${inPartition(move, text, partition, swapped, of)}${only}`;
  const rows = await host.rows<{ hash: string; t: number | string; o: number | string }>(
    `SELECT hex(h) AS hash, sum(is_t) AS t, sum(is_o) AS o FROM (${side(move.table, "table")} UNION ALL ${side(move.other, "other")}) GROUP BY h HAVING t != o LIMIT ${limit}`,
    READ_MS,
  );
  return rows.map(({ hash, t, o }) => ({ hash, inTable: Number(t), inOther: Number(o) }));
}

/** Whether the host has swapped already: its old key is found under the other name. @throws HostTrouble */
export async function hasSwapped(host: WalkHost, move: KeyMove): Promise<boolean> {
  const rows = await host.rows<{ full: string; sorting: string; partition: string }>(
    `SELECT concat(database, '.', name) AS full, sorting_key AS sorting, partition_key AS partition FROM system.tables WHERE (database, name) IN (${pairs([move.table, move.other])})`,
  );
  const other = rows.find(({ full }) => full === move.other);
  return other !== undefined && other.sorting === move.sortingKey && other.partition === move.partitionKey;
}
