import type { WalkHost } from "../host.ts";
import { literal, pairs } from "../host.ts";
import { WalkStopped } from "../trouble.ts";
import { copyPartition } from "./copy.ts";
import { againOf, differences, hasSwapped, sums, type Difference, type Pair } from "./differences.ts";
import { insertsEnd } from "./inflight.ts";
import { attachAll, empty, present, synced, type Group, type MoveContext } from "./move.ts";
import { inPartition, partitionsOf, rowText, table, write } from "./rows.ts";

export interface CompareContext extends MoveContext {
  /**
   * `copied`: the new table may lack rows. `swapped`: inserts that met the swap may have reached one of the two only. `undone`: the same
   * on the way back, where nothing is brought to the copy that is dropped next.
   */
  readonly after: "copied" | "swapped" | "undone";
  /** Mutations count from this moment of a host's clock on; null: from ever. */
  readonly since: (host: string) => string | null;
  /** Unix seconds of a host's clock: what has not changed since was compared before. Null: everything is compared. */
  readonly changedSince: (host: WalkHost) => Promise<number | null>;
}

/** What was brought over, to be said. */
export interface Compared {
  readonly partitions: number;
  readonly rows: number;
  /** Rows that were brought to the table that serves, and to the other one. */
  readonly broughtToTable: number;
  readonly broughtToOther: number;
}

const TRIES = 6;

/** Counts and checksums of both tables per partition, on every host; what the one lacks is brought to it. @throws WalkStopped, HostTrouble */
export async function compareRows(context: CompareContext): Promise<Compared> {
  const { move, hosts } = context;
  const all = { partitions: 0, rows: 0, broughtToTable: 0, broughtToOther: 0 };
  for (const group of move.groups) {
    const replicas = present(hosts, group);
    await insertsEnd(hosts, group.hosts, context.limitMs, context.beat);
    for (const [at, host] of replicas.entries()) {
      await sameColumns(host, context);
      await noMutations(host, context);
      await synced(host, group, [move.table, move.other]);
      const pair: Pair = { move, text: await rowText(host, move), swapped: await hasSwapped(host, move) };
      const partitions = await concerned(host, pair, context);
      const [inTable, inOther] = [await sums(host, pair, move.table, partitions), await sums(host, pair, move.other, partitions)];
      for (const id of new Set([...partitions, ...inTable.keys(), ...inOther.keys()])) {
        const [one, two] = [inTable.get(id), inOther.get(id)];
        all.partitions += at === 0 ? 1 : 0;
        all.rows += at === 0 ? (one?.rows ?? 0) : 0;
        if (one?.rows === two?.rows && one?.checksum === two?.checksum) continue;
        await context.beat();
        // What replicas of one shard lack is brought once, and reaches the others by replication.
        const brought = await settle(host, group, pair, id, Math.max(one?.rows ?? 0, two?.rows ?? 0), context, at === 0);
        all.broughtToTable += brought.table;
        all.broughtToOther += brought.other;
      }
      context.say(`${host.name}: ${partitions.length} partitions are the same in both tables`);
    }
  }
  return all;
}

async function concerned(host: WalkHost, { move, swapped }: Pair, context: CompareContext): Promise<readonly string[]> {
  const old = await partitionsOf(host, swapped ? move.other : move.table);
  const since = move.partitionsDiffer ? null : await context.changedSince(host);
  if (since === null) return old.map(({ id }) => id);
  const fresh = await partitionsOf(host, swapped ? move.table : move.other);
  const rows = new Map(fresh.map((one) => [one.id, one.rows]));
  const changed = [
    ...old.filter((one) => one.newest >= since || rows.get(one.id) !== one.rows),
    ...fresh.filter(({ newest }) => newest >= since),
  ];
  return [...new Set(changed.map(({ id }) => id))];
}

/** Rows that are on their way make a difference too: it counts when it is still there after the inserts have ended. */
async function settle(
  host: WalkHost,
  group: Group,
  pair: Pair,
  partition: string,
  rows: number,
  context: CompareContext,
  repairs: boolean,
): Promise<{ readonly table: number; readonly other: number }> {
  const brought = { table: 0, other: 0 };
  for (let turn = 0; turn < TRIES; turn++) {
    const seen = await differences(host, pair, partition, rows);
    if (seen === null) {
      if (!repairs || context.after !== "copied") break;
      context.say(`${host.name}: partition ${partition} is copied anew: more than 100000 rows are not the same in both tables`);
      await copyPartition(host, group, partition, context);
      continue;
    }
    if (seen.length === 0) return brought;
    await insertsEnd(context.hosts, group.hosts, context.limitMs, context.beat);
    await synced(host, group, [pair.move.table, pair.move.other]);
    const all = await againOf(
      host,
      pair,
      partition,
      seen.map(({ hash }) => hash),
    );
    const left = context.after === "undone" ? all.filter(({ inTable, inOther }) => inOther > inTable) : all;
    if (left.length === 0) return brought;
    if (!repairs) continue;
    const more = left.filter(({ inTable, inOther }) => inOther > inTable);
    if (context.after === "copied" && more.length > 0 && pair.move.compares === "rows" && !pair.swapped)
      throw new WalkStopped(
        `${host.name}: ${pair.move.other} holds ${more.length} rows of the partition ${partition} that ${pair.move.table} has not, or not as often`,
        "rows were deleted or changed while they were copied. Nothing has swapped: tread apply --undo takes the copy away, and a new plan begins anew",
        5,
      );
    const done = await repair(host, pair, partition, left, context);
    brought.table += done.table;
    brought.other += done.other;
  }
  throw new WalkStopped(
    `${host.name}: the partition ${partition} is not the same in ${pair.move.table} and ${pair.move.other}`,
    "look at what rewrites or deletes its rows; the same command compares again, and tread apply --undo goes back",
    5,
  );
}

/**
 * Brings rows over. After a swap there are two kinds (measured on 26.7): once in one table and not in the other, past every view; and twice
 * in one table, because the mirror found its target by a name that had just changed.
 */
async function repair(
  host: WalkHost,
  pair: Pair,
  partition: string,
  left: readonly Difference[],
  context: CompareContext,
): Promise<{ readonly table: number; readonly other: number }> {
  const { move } = pair;
  const brought = { table: 0, other: 0 };
  const send = async (rows: ReadonlyMap<string, number>, to: "table" | "other", views: boolean): Promise<void> => {
    if (rows.size === 0) return;
    const own = (to === "table") === pair.swapped ? move.into : move.from;
    for (let at = 0; at < rows.size; at += 1500) {
      const chunk = new Map([...rows].slice(at, at + 1500));
      const total = [...chunk.values()].reduce((sum, n) => sum + n, 0);
      brought[to] += total;
      const target = views ? move[to] : own;
      if (!views) await empty(host, own, context);
      await insertRows(host, pair, partition, to === "table" ? "other" : "table", chunk, target, context);
      if (!views) await attachAll(host, own, move[to], context);
    }
  };
  const [past, single, other] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  for (const { hash, inTable, inOther } of left) {
    const lacks = inOther - inTable;
    if (lacks < 0) other.set(hash, -lacks);
    // With FINAL a row that only the copy shows is an older one: what replaced it is among those that it lacks.
    else if (context.after === "copied") continue;
    else if (lacks % 2 === 0) single.set(hash, lacks / 2);
    else (move.readByViews ? past : single).set(hash, lacks);
  }
  await send(past, "table", true);
  await send(single, "table", false);
  await send(other, "other", false);
  if (brought.table > 0) context.say(`${host.name}: ${brought.table} rows of inserts that met the swap were brought to ${move.table}`);
  return brought;
}

async function insertRows(
  host: WalkHost,
  { move, text, swapped }: Pair,
  partition: string,
  from: "table" | "other",
  rows: ReadonlyMap<string, number>,
  target: string,
  { queryId, beat }: CompareContext,
): Promise<void> {
  const hashes = [...rows.keys()].map(literal).join(", ");
  const times = [...rows.values()].join(", ");
  await write(
    host,
    `INSERT INTO ${table(target)} (${text.columns}) SELECT ${text.columns} FROM (SELECT ${text.columns}, hex(${text.hash}) AS tread_h, row_number() OVER (PARTITION BY tread_h) AS tread_n FROM ${table(move[from])} WHERE ${inPartition(move, text, partition, swapped, from)} AND hex(${text.hash}) IN (${hashes})) WHERE tread_n <= transform(tread_h, [${hashes}], [${times}], 0)`,
    `${queryId}-bring`,
    beat,
  );
}

async function sameColumns(host: WalkHost, { move }: CompareContext): Promise<void> {
  const rows = await host.rows<{ full: string; columns: string }>(
    `SELECT full, toString(groupArray((name, type, kind, expression))) AS columns FROM (SELECT concat(database, '.', table) AS full, name, type, default_kind AS kind, default_expression AS expression FROM system.columns WHERE (database, table) IN (${pairs([move.table, move.other])}) ORDER BY full, position) GROUP BY full`,
  );
  const [one, two] = rows;
  if (one !== undefined && two !== undefined && one.columns === two.columns) return;
  throw new WalkStopped(
    `${host.name}: ${move.table} and ${move.other} have not the same columns any more`,
    `somebody has altered one of them: alter the other one in the same way, or tread apply --undo`,
    5,
  );
}

/** A mutation changes one of the two: the mirror carries inserts alone. */
async function noMutations(host: WalkHost, { move, since }: CompareContext): Promise<void> {
  const from = since(host.name);
  const rows = await host.rows<{ full: string; id: string; command: string }>(
    `SELECT concat(database, '.', table) AS full, mutation_id AS id, command FROM system.mutations WHERE (database, table) IN (${pairs([move.table, move.other])}) AND NOT is_killed${from === null ? "" : ` AND create_time >= toDateTime(${literal(from)})`}`,
  );
  const [first] = rows;
  if (first === undefined) return;
  throw new WalkStopped(
    `${host.name}: a mutation of ${first.full} was begun while its key is changed (${first.id}: ${first.command.slice(0, 120)})`,
    "the copy does not have it: tread apply --undo takes the copy away; run the mutation, then make a new plan",
    5,
  );
}
