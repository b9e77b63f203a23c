import type { Client } from "pg";
import { pidOf } from "../session.ts";

const EVERY_MS = 40;

/** Ends the client's statement when an application waits for one of its rows and goes on waiting. @returns ends the watch */
export function endWhenWaitedFor(watcher: Client, client: Client): () => Promise<void> {
  const pid = pidOf(client);
  let waited = 0;
  let over = false;
  let asking: Promise<void> = Promise.resolve();
  const ask = async (): Promise<void> => {
    const { rows } = await watcher.query(
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name NOT LIKE 'tread apply%' AND $1 = ANY (pg_blocking_pids(pid)) LIMIT 1",
      [pid],
    );
    waited = rows.length > 0 ? waited + 1 : 0;
    // Between the answer and the cancel the batch may have ended by itself: then nothing of the next may be cancelled.
    if (waited >= 2 && !over) await watcher.query("SELECT pg_cancel_backend($1)", [pid]);
  };
  const timer = setInterval(() => {
    asking = asking.then(ask).catch(() => {});
  }, EVERY_MS);
  return async () => {
    over = true;
    clearInterval(timer);
    await asking;
  };
}
