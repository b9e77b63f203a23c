import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import { HostTrouble, literal, pairs, type WalkHost } from "../host.ts";

/** Longest that a comparison of one partition may take; the client of this machine waits for an answer for 300 s at most. */
export const READ_MS = 280_000;
/** A statement that is sent and then looked after by its id. */
const SEND_MS = 60_000;

/** A name for SQL, whatever it is called. */
export function name(text: string): string {
  return `\`${text.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

export function table(full: string): string {
  const dot = full.indexOf(".");
  return `${name(full.slice(0, dot))}.${name(full.slice(dot + 1))}`;
}

/** Expressions over the rows of the two tables, made of the types that the host says. */
export interface RowText {
  /** All stored columns, for SELECT and INSERT. */
  readonly columns: string;
  /** 128 bits of the values of a row; the same values give the same, wherever they lie. NULL is a value. */
  readonly hash: string;
  /** Id of the partition that a row belongs to by the old key. */
  readonly partition: string;
}

/** @throws HostTrouble */
export async function rowText(host: WalkHost, move: KeyMove): Promise<RowText> {
  const types = await host.rows<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE (database, table) IN (${pairs([move.table])})`,
  );
  const byName = new Map(types.map((one) => [one.name, one.type]));
  // A hash of NULL is NULL; one of an array with NULL in it is not.
  const hashed = move.columns.map((column) =>
    /^(?:LowCardinality\()?Nullable\(/.test(byName.get(column) ?? "") ? `[${name(column)}]` : name(column),
  );
  const key = move.partitionKey.trim();
  return {
    columns: move.columns.map(name).join(", "),
    hash: `sipHash128(${hashed.join(", ")})`,
    partition: key === "" ? "'all'" : `partitionId(${spread(key)})`,
  };
}

/** A tuple is several arguments: `(a, b)` has the id `1-2`, a tuple as one argument another one. */
function spread(key: string): string {
  if (!key.startsWith("(") || !key.endsWith(")")) return key;
  let depth = 0;
  for (let at = 0; at < key.length; at++) {
    if (key[at] === "(") depth++;
    else if (key[at] === ")" && --depth === 0 && at < key.length - 1) return key;
  }
  return key.slice(1, -1);
}

/** The old table, which has the partitions, or the new one, which may have others. */
export function inPartition(move: KeyMove, text: RowText, partition: string, swapped: boolean, of: "table" | "other"): string {
  const old = (of === "other") === swapped;
  return old || !move.partitionsDiffer ? `_partition_id = ${literal(partition)}` : `${text.partition} = ${literal(partition)}`;
}

/** Ids of the partitions of the old table that hold rows, oldest first. @throws HostTrouble */
export async function partitionsOf(
  host: WalkHost,
  full: string,
): Promise<readonly { readonly id: string; readonly rows: number; readonly newest: number }[]> {
  const rows = await host.rows<{ id: string; rows: number | string; newest: number | string }>(
    `SELECT partition_id AS id, sum(rows) AS rows, toUnixTimestamp(max(modification_time)) AS newest FROM system.parts WHERE active AND (database, table) IN (${pairs([full])}) GROUP BY partition_id HAVING rows > 0 ORDER BY partition_id`,
  );
  return rows.map(({ id, rows: n, newest }) => ({ id, rows: Number(n), newest: Number(newest) }));
}

/** @throws HostTrouble */
export async function number(host: WalkHost, sql: string): Promise<number> {
  const [row] = await host.rows<{ n: number | string }>(sql, READ_MS);
  return Number(row?.n ?? 0);
}

/** A statement that writes rows of tables that only tread uses, however long it takes. @throws HostTrouble */
export async function write(host: WalkHost, sql: string, prefix: string, beat: () => Promise<void>): Promise<void> {
  // A statement may still be listed for a moment when it has answered, and an id can be used by one at a time (216).
  const queryId = `${prefix}-${randomBytes(4).toString("hex")}`;
  try {
    await host.run(sql, {
      timeoutMs: SEND_MS,
      queryId,
      settings: {
        async_insert: "0",
        max_execution_time: "0",
        max_partitions_per_insert_block: "0",
        insert_deduplicate: "0",
        max_insert_threads: "1",
        max_threads: "2",
        alter_sync: "1",
      },
    });
    return;
  } catch (error) {
    if (!(error instanceof HostTrouble) || error.kind !== "unknown") throw error;
  }
  // It goes on at its server. Whether it did all of it is counted afterwards.
  await ended(host, queryId, beat);
}

/** Waits until no query of this id (or of one that begins so) is running. @throws HostTrouble */
export async function ended(host: WalkHost, prefix: string, beat: () => Promise<void>): Promise<void> {
  for (let turn = 0; ; turn++) {
    const rows = await host.rows(`SELECT query_id FROM system.processes WHERE query_id LIKE ${literal(`${prefix}%`)}`);
    if (rows.length === 0) return;
    await beat();
    await sleep(Math.min(2000, 100 * (turn + 1)));
  }
}
