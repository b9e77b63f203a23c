import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { ApplyStopped } from "../stopped.ts";

/**
 * A row that was written before the pass came by and committed after it is not done. Once every transaction that was open at the end of
 * the pass has ended, there can be no more of them.
 *
 * @param waiting is told for whom it waits, again and again
 * @throws ApplyStopped when it is stopped meanwhile
 */
export async function untilOlderEnded(watcher: Client, signal: AbortSignal, waiting: (forWhom: string) => void): Promise<void> {
  const { rows } = await watcher.query<{ xmax: string }>("SELECT txid_snapshot_xmax(txid_current_snapshot())::text AS xmax");
  const end = BigInt(rows[0]?.xmax ?? 0);
  for (;;) {
    const now = await watcher.query<{ xmin: string; who: string | null }>(
      `SELECT txid_snapshot_xmin(txid_current_snapshot())::text AS xmin,
              (SELECT format('process %s of %s, for %s s', pid, usename, round(extract(epoch FROM clock_timestamp() - xact_start))) FROM pg_stat_activity WHERE backend_xid IS NOT NULL ORDER BY xact_start LIMIT 1) AS who`,
    );
    if (BigInt(now.rows[0]?.xmin ?? 0) >= end) return;
    if (signal.aborted)
      throw new ApplyStopped("stopped while waiting for transactions that are older than the pass", "run the same command again");
    waiting(now.rows[0]?.who ?? "prepared (pg_prepared_xacts)");
    await sleep(100);
  }
}
