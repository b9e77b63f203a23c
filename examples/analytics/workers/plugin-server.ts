import type { Pool } from "pg";

/** Installs a plugin for a team. Written by hand: the server has no ORM. */
export async function installPlugin(pool: Pool, teamId: number, name: string): Promise<void> {
  await pool.query(
    `INSERT INTO plugin_config (team_id, name, enabled, config)
     VALUES ($1, $2, true, '{}')`,
    [teamId, name],
  );
}
