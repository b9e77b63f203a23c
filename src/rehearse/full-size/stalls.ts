import type { Client } from "pg";
import type { StallWatch } from "../traffic/stalls.ts";

/** The log of somebody else's server cannot be read: waits are looked at this often, and shorter ones are missed. */
export const LOOK_MS = 25;

/**
 * Looks at who waits for whom until stopped.
 * @returns the way to stop
 */
export function watchStalls(client: Client, stalls: StallWatch): () => Promise<void> {
  const state = { running: true };
  const loop = async (): Promise<void> => {
    while (state.running) {
      const began = Date.now();
      const { rows } = await client.query<{ pid: number; blockers: number[] }>(
        `SELECT pid, pg_catalog.pg_blocking_pids(pid) AS blockers FROM pg_catalog.pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = pg_catalog.current_database() AND application_name LIKE 'tread%'`,
      );
      stalls.look(Date.now(), new Map(rows.map(({ pid, blockers }) => [pid, blockers])));
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, LOOK_MS - (Date.now() - began))));
    }
  };
  const ended = loop().catch(() => {});
  return async () => {
    state.running = false;
    await ended;
  };
}
