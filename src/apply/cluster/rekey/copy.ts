import type { WalkHost } from "../host.ts";
import { WalkStopped } from "../trouble.ts";
import { hasSwapped } from "./differences.ts";
import { insertsEnd } from "./inflight.ts";
import { attachAll, empty, present, synced, type Group, type MoveContext } from "./move.ts";
import { ended, inPartition, number, partitionsOf, rowText, table, write, type RowText } from "./rows.ts";

export interface CopyContext extends MoveContext {
  /** Partitions of a host that an earlier walk has copied; what they lack all the same is found when both are compared. */
  readonly done: (host: string) => ReadonlySet<string>;
  readonly record: (host: WalkHost, partition: string) => Promise<void>;
}

/** Copies every partition that is not on record as copied. @throws WalkStopped, HostTrouble */
export async function copyRows(context: CopyContext): Promise<void> {
  const { move, hosts } = context;
  for (const group of move.groups) {
    const [host] = present(hosts, group);
    if (host === undefined || (await hasSwapped(host, move))) continue;
    const partitions = await partitionsOf(host, move.table);
    const done = context.done(host.name);
    const total = partitions.reduce((sum, { rows }) => sum + rows, 0);
    const began = Date.now();
    let copied = 0;
    for (const { id, rows } of partitions) {
      if (!done.has(id)) {
        await context.calm(group.hosts);
        await context.beat();
        await copyPartition(host, group, id, context);
        await context.record(host, id);
      }
      copied += rows;
      const left = copied === 0 ? 0 : Math.round((((Date.now() - began) / copied) * (total - copied)) / 1000);
      context.say(
        `${host.name}: partition ${id} is copied, ${copied} of ${total} rows${left > 0 ? `, about ${left} s to go (an estimate)` : ""}`,
      );
    }
  }
}

/**
 * One partition: its parts are linked into a table of their own, so that they stand still; rows that the mirror has brought are left out
 * by their hashes; the rest is written in the new order beside, counted, and attached as a whole. Begun again, it finds what was attached
 * among what the mirror has brought.
 */
export async function copyPartition(host: WalkHost, group: Group, partition: string, context: MoveContext): Promise<void> {
  const { move, queryId, beat } = context;
  await ended(host, `${queryId}-`, beat);
  await empty(host, move.from, context);
  await empty(host, move.into, context);
  await write(
    host,
    `ALTER TABLE ${table(move.from)} ATTACH PARTITION ID '${partition}' FROM ${table(move.table)}`,
    `${queryId}-link`,
    beat,
  );
  // An insert whose rows lie in the linked parts has reached the other table too when it has ended.
  await insertsEnd(context.hosts, group.hosts, context.limitMs, beat);
  await synced(host, group, [move.other]);
  const text = await rowText(host, move);
  const there = inPartition(move, text, partition, false, "other");
  const brought = await number(host, `SELECT count() AS n FROM ${table(move.other)} WHERE ${there}`);
  if (brought === 0 || move.compares === "final") await fill(host, context, text, "");
  else {
    const buckets = Math.max(1, Math.ceil(brought / 4_000_000));
    for (let bucket = 0; bucket < buckets; bucket++) {
      const only = buckets === 1 ? "" : ` AND sipHash64(${text.hash}) % ${buckets} = ${bucket}`;
      await fill(
        host,
        context,
        text,
        ` WHERE ${text.hash} NOT IN (SELECT ${text.hash} FROM ${table(move.other)} WHERE ${there}${only})${only}`,
      );
    }
  }
  await counted(host, context, text, brought === 0 || move.compares === "final" ? null : there, partition);
  await attachAll(host, move.into, move.other, context);
  await empty(host, move.from, context);
}

async function fill(host: WalkHost, { move, queryId, beat }: MoveContext, { columns }: RowText, where: string): Promise<void> {
  await write(
    host,
    `INSERT INTO ${table(move.into)} (${columns}) SELECT ${columns} FROM ${table(move.from)}${where}`,
    `${queryId}-fill`,
    beat,
  );
}

/** A statement whose answer was lost may have failed at its server. */
async function counted(host: WalkHost, { move }: MoveContext, { hash }: RowText, there: string | null, partition: string): Promise<void> {
  if (move.compares === "final") return;
  const all = await number(host, `SELECT count() AS n FROM ${table(move.from)}`);
  const twice =
    there === null
      ? 0
      : await number(
          host,
          `SELECT count() AS n FROM ${table(move.from)} WHERE ${hash} IN (SELECT ${hash} FROM ${table(move.other)} WHERE ${there})`,
        );
  const written = await number(host, `SELECT count() AS n FROM ${table(move.into)}`);
  if (written === all - twice) return;
  throw new WalkStopped(
    `${host.name}: ${written} of ${all - twice} rows of the partition ${partition} were written in the new order`,
    "nothing was attached; look at system.query_log there for what ended the copy. The same command copies this partition anew",
    4,
  );
}
