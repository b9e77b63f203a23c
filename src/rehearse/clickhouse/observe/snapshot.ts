import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import { hasParts, quoted, quoteName, type TableFacts } from "../catalogue.ts";
import { type Part, readParts } from "./parts.ts";

/** A table as it was, on hard links to the same files: made in milliseconds whatever its size. */
export interface Snapshot {
  readonly facts: TableFacts;
  /** Quoted name of the copy. */
  readonly copy: string;
  /** Parts of the table at that moment, each with the name of the same part in the copy. */
  readonly parts: readonly (Part & { readonly inCopy: string })[];
  readonly rows: number;
}

export interface SnapshotSet {
  readonly byName: ReadonlyMap<string, Snapshot>;
  drop(): Promise<void>;
}

/** @throws EngineCrashed */
export async function takeSnapshots(
  engine: EmbeddedClickHouse,
  tables: readonly TableFacts[],
  parts: readonly Part[],
): Promise<SnapshotSet> {
  await engine.query("CREATE DATABASE IF NOT EXISTS tread_before");
  const byName = new Map<string, Snapshot>();
  const made: string[] = [];
  for (const [at, facts] of tables.filter(hasParts).entries()) {
    const own = parts.filter((part) => part.database === facts.database && part.table === facts.table);
    const copy = `\`tread_before\`.${quoteName(`t${at}`)}`;
    try {
      await engine.query(`CREATE TABLE ${copy} CLONE AS ${quoted(facts)}`, { settings: { alter_sync: 1 } });
    } catch (error) {
      if (error instanceof ClickHouseError) continue;
      throw error;
    }
    made.push(copy);
    const copied = [...(await readParts(engine, { database: "tread_before", table: `t${at}` }))];
    const matched = own.flatMap((part) => {
      const same = copied.findIndex((other) => other.partition === part.partition && other.hash === part.hash && other.rows === part.rows);
      const [found] = same === -1 ? [] : copied.splice(same, 1);
      return found === undefined ? [] : [{ ...part, inCopy: found.name }];
    });
    byName.set(facts.name, { facts, copy, parts: matched, rows: own.reduce((sum, part) => sum + part.rows, 0) });
  }
  return {
    byName,
    drop: async () => {
      for (const copy of made) await engine.query(`DROP TABLE IF EXISTS ${copy} SYNC`);
    },
  };
}

/**
 * The parts before and after, paired, when every part is still there in some version: then the row at an offset is the row that was
 * there. Null when parts came, went or changed their number of rows.
 */
export function pairParts(before: Snapshot, after: readonly Part[]): readonly { readonly inCopy: string; readonly name: string }[] | null {
  if (before.parts.length !== after.length) return null;
  const pairs = before.parts.flatMap((part) => {
    const same = after.find(
      (other) =>
        other.partition === part.partition &&
        other.minBlock === part.minBlock &&
        other.maxBlock === part.maxBlock &&
        other.rows === part.rows,
    );
    return same === undefined ? [] : [{ inCopy: part.inCopy, name: same.name }];
  });
  return pairs.length === before.parts.length ? pairs : null;
}
