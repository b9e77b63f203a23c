import { setTimeout as sleep } from "node:timers/promises";
import type { ReadOnlySession } from "../../engines/postgres/introspect/session.ts";
import { DatabaseTrouble } from "../../engines/postgres/introspect/trouble.ts";
import type { ScaleProfile } from "../../model/environment.ts";
import { assemble, type Note, type Sample } from "./assemble.ts";
import * as sql from "./sql.ts";

export interface CollectOptions {
  /** Schemas; null: all of the user's. */
  readonly schemas: readonly string[] | null;
  /** Seconds between the two samples of the counters; 0: no rates. */
  readonly seconds: number;
  /** Rates since the counters were reset, instead of between two samples. */
  readonly sinceReset: boolean;
  /** @param remaining seconds */
  readonly progress: (message: string, remaining?: number) => void;
}

export interface Collected {
  readonly profile: ScaleProfile;
  /** What could not be read and what to do about it, and how to read what could. */
  readonly notes: readonly Note[];
}

/**
 * Reads the statistics of a server. Short read-only transactions, none of them open while it waits between the two samples.
 * @throws DatabaseTrouble
 */
export async function collect(session: ReadOnlySession, options: CollectOptions): Promise<Collected> {
  const { schemas, progress } = options;
  progress(`reading the statistics of ${session.shown}`);
  const [rights, tables] = await session.read(async (query) => {
    const [row] = await query<sql.RightsRow>(sql.RIGHTS);
    if (row === undefined) throw new Error("the server did not say what this role may see");
    const names = (await query<{ name: string }>(sql.SCHEMA_NAMES)).map(({ name }) => name);
    for (const schema of schemas ?? []) {
      if (names.includes(schema)) continue;
      throw new DatabaseTrouble(
        `there is no schema ${JSON.stringify(schema)} in ${session.database}`,
        `there are: ${names.join(", ")}`,
        null,
        2,
      );
    }
    return [row, await query<sql.TableRow>(sql.TABLES, [schemas])];
  });
  if (tables.length === 0) {
    throw new DatabaseTrouble(
      `${session.shown} has no tables${schemas === null ? "" : ` in ${schemas.join(", ")}`}`,
      "is it the right database? The last part of the URL is its name",
    );
  }
  const sizes = await readSizes(session, schemas);
  const columns = await session.read((query) => query<sql.ColumnRow>(sql.COLUMNS, [schemas]));
  const samples: Sample[] = [await sample(session, rights)];
  if (!options.sinceReset && options.seconds > 0) {
    // The oldest transactions are looked for all the while; the counters only at both ends.
    const until = Date.now() + options.seconds * 1000;
    for (let left = options.seconds; left > 0; left = (until - Date.now()) / 1000) {
      progress(`counting reads and writes for ${options.seconds} s; Ctrl-C stops and leaves nothing behind`, left);
      await sleep(Math.min(left, 1) * 1000);
      if (left > 1) samples.push(await sample(session, rights));
    }
    samples.push(await sample(session, rights));
  }
  return assemble({
    session,
    rights,
    tables,
    sizes,
    columns,
    samples,
    sinceReset: options.sinceReset,
    collectedAt: `${new Date().toISOString().slice(0, 19)}Z`,
  });
}

async function sample(session: ReadOnlySession, rights: sql.RightsRow): Promise<Sample> {
  return await session.read(async (query) => {
    const [clock] = await query<sql.ClockRow>(sql.CLOCK);
    return {
      at: clock?.seconds ?? 0,
      reset: clock?.reset ?? null,
      counters: new Map((await query<sql.CounterRow>(sql.COUNTERS)).map((row) => [row.oid, row])),
      transactions: rights.all_stats
        ? new Map((await query<sql.TransactionRow>(sql.TRANSACTIONS)).map((row) => [row.oid, row.seconds]))
        : null,
    };
  });
}

/** Null when a table is locked so that its files cannot be looked at: the pages of its last ANALYZE are then all there is. */
async function readSizes(session: ReadOnlySession, schemas: readonly string[] | null): Promise<ReadonlyMap<string, sql.SizeRow> | null> {
  try {
    const rows = await session.read((query) => query<sql.SizeRow>(sql.SIZES, [schemas]));
    return new Map(rows.map((row) => [row.oid, row]));
  } catch (error) {
    if (error instanceof DatabaseTrouble && (error.code === "55P03" || error.code === "57014" || error.code === "42501")) return null;
    throw error;
  }
}
