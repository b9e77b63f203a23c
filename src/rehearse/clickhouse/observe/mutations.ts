import { setTimeout as sleep } from "node:timers/promises";
import type { EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import { OWN_DATABASES } from "../catalogue.ts";

export interface Mutation {
  readonly database: string;
  readonly table: string;
  readonly id: string;
  readonly command: string;
  readonly done: boolean;
  /** Empty where it has not failed. */
  readonly failure: string;
}

/** @param only tread's own database of copies; null: all of the user's */
export async function readMutations(engine: EmbeddedClickHouse, only: string | null): Promise<Mutation[]> {
  const where = only === null ? `database NOT IN (${OWN_DATABASES.map((name) => `'${name}'`).join(", ")})` : `database = '${only}'`;
  const rows = await engine.rows<Omit<Mutation, "done"> & { done: number }>(
    `SELECT database, table, mutation_id AS id, command, is_done AS done, latest_fail_reason AS failure FROM system.mutations
     WHERE ${where} ORDER BY database, table, create_time, mutation_id`,
  );
  return rows.map((row) => ({ ...row, done: row.done === 1 }));
}

export const mutationKey = ({ database, table, id }: Mutation): string => `${database}.${table}/${id}`;

/**
 * Waits until every mutation that was not there before is done or has failed. A failed one is tried again for ever, so its first failure
 * decides. @returns those that are new, and whether the time was over first
 */
export async function settleMutations(
  engine: EmbeddedClickHouse,
  known: ReadonlySet<string>,
  patienceMs: number,
  only: string | null,
): Promise<{ readonly fresh: readonly Mutation[]; readonly unfinished: boolean }> {
  const until = Date.now() + patienceMs;
  for (let pause = 5; ; pause = Math.min(200, pause * 2)) {
    const fresh = (await readMutations(engine, only)).filter((mutation) => !known.has(mutationKey(mutation)));
    const waiting = fresh.filter((mutation) => !mutation.done && mutation.failure === "");
    if (waiting.length === 0) return { fresh, unfinished: false };
    if (Date.now() >= until) return { fresh, unfinished: true };
    await sleep(pause);
  }
}
