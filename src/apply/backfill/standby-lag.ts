import type { Client } from "pg";

/** More marks than this are thinned: each half as often. */
const MOST_MARKS = 1000;

/** A standby, and for how long it has lacked something that the primary had written, ms. */
interface Behind {
  readonly name: string;
  readonly ms: number;
}

/**
 * How far standbys are behind, by what they have replayed. `replay_lag` alone is what a standby has answered last: of one that does not
 * answer at all (its receiver stopped, its network gone) it stays as it was (18.4: 17 ms, while it fell 240 MB behind), until
 * `wal_sender_timeout` makes it disappear from the list. So the primary's own positions are kept with their times. A standby that is away and
 * has a replication slot counts from what the slot keeps for it.
 */
export class StandbyLag {
  #marks: { readonly lsn: bigint; readonly at: number }[] = [];

  /** @returns the one that is furthest behind; null where there is none */
  async worst(client: Client): Promise<Behind | null> {
    const { rows } = await client.query<{ name: string | null; said: number; replayed: string | null; flushed: string }>(
      `SELECT s.name, s.said, pg_wal_lsn_diff(s.replayed, '0/0')::text AS replayed, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::text AS flushed
         FROM (SELECT) AS one LEFT JOIN (
           SELECT coalesce(nullif(application_name, ''), client_addr::text, 'a standby') AS name, (extract(epoch FROM coalesce(replay_lag, interval '0')) * 1000)::float8 AS said, replay_lsn AS replayed
             FROM pg_stat_replication
           UNION ALL
           SELECT slot_name || ' (a slot whose standby is away)', 0, restart_lsn FROM pg_replication_slots
            WHERE slot_type = 'physical' AND NOT active AND restart_lsn IS NOT NULL AND NOT temporary AND wal_status IS DISTINCT FROM 'lost'
         ) AS s ON true`,
    );
    const now = Date.now();
    const flushed = BigInt(rows[0]?.flushed ?? "0");
    if (this.#marks.at(-1)?.lsn !== flushed) this.#marks.push({ lsn: flushed, at: now });
    const standbys = rows.flatMap(({ name, said, replayed }) => {
      if (name === null || replayed === null) return [];
      const missing = this.#marks.find(({ lsn }) => lsn > BigInt(replayed));
      return [{ name, ms: Math.max(said, missing === undefined ? 0 : now - missing.at), replayed: BigInt(replayed) }];
    });
    const least = standbys.reduce<bigint | null>((low, { replayed }) => (low === null || replayed < low ? replayed : low), null);
    this.#marks = this.#marks.filter(({ lsn }) => lsn > (least ?? flushed));
    if (this.#marks.length > MOST_MARKS) this.#marks = this.#marks.filter((_, at) => at % 2 === 0);
    return standbys.reduce<Behind | null>((worst, one) => (worst === null || one.ms > worst.ms ? one : worst), null);
  }
}
