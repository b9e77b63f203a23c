import type { KeyMove } from "../../../model/clickhouse/cluster-plan.ts";
import { HostTrouble, type WalkHost } from "../host.ts";
import type { Hosts } from "../requirements.ts";
import { WalkStopped } from "../trouble.ts";
import { table, write } from "./rows.ts";

/** What copying and comparing need of the walk. */
export interface MoveContext {
  readonly move: KeyMove;
  readonly hosts: Hosts;
  /** Of every statement's id. */
  readonly queryId: string;
  readonly limitMs: number;
  /** Keeps the lock, and throws where the walk is to stop. */
  readonly beat: () => Promise<void>;
  readonly say: (message: string) => void;
  /** Waits while the hosts are busy. */
  readonly calm: (hosts: readonly string[]) => Promise<void>;
}

export type Group = KeyMove["groups"][number];

/** @throws WalkStopped where one of them does not answer: every copy counts */
export function present(hosts: Hosts, { hosts: names }: Group): readonly WalkHost[] {
  return names.map((name) => {
    const host = hosts.get(name);
    if (host === null)
      throw new WalkStopped(`${name} does not answer, and its copy of the table counts`, "bring it back, then run the same command", 4);
    return host;
  });
}

/** Empties a table that only tread uses. Its parts are links to those of a table that keeps them: no limit protects anything here. */
export async function empty(host: WalkHost, full: string, context: Pick<MoveContext, "queryId" | "beat">): Promise<void> {
  const sql = `TRUNCATE TABLE ${table(full)}`;
  try {
    await write(host, sql, `${context.queryId}-empty`, context.beat);
  } catch (error) {
    if (!(error instanceof HostTrouble) || error.code !== 359) throw error;
    await host.run(sql, { timeoutMs: 60_000, settings: { max_table_size_to_drop: "0" } });
  }
}

/** What other replicas have taken is here as well. */
export async function synced(host: WalkHost, { replicated }: Group, names: readonly string[]): Promise<void> {
  if (!replicated) return;
  for (const name of names) await host.run(`SYSTEM SYNC REPLICA ${table(name)}`, { timeoutMs: 280_000 });
}

/** Attaches everything that one of tread's own tables holds to a table of the same structure, without starting a view, and empties it. */
export async function attachAll(
  host: WalkHost,
  source: string,
  target: string,
  context: Pick<MoveContext, "queryId" | "beat">,
): Promise<void> {
  const rows = await host.rows<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts WHERE active AND rows > 0 AND concat(database, '.', table) = '${source.replaceAll("'", "\\'")}'`,
  );
  for (const { id } of rows)
    await write(
      host,
      `ALTER TABLE ${table(target)} ATTACH PARTITION ID '${id}' FROM ${table(source)}`,
      `${context.queryId}-attach`,
      context.beat,
    );
  await empty(host, source, context);
}
