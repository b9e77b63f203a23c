import type { GrowthWork } from "../../model/growth.ts";
import type { Environment } from "../../model/environment.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { SchemaState } from "../../model/schema.ts";
import { isPlanned } from "../observe/effects.ts";
import { controlOf } from "../run/control.ts";
import { keyOf } from "../run/effects-of.ts";
import type { ObservedStatement } from "../types.ts";

/** A statement that was seen to do work in proportion to a table. */
export interface Candidate {
  readonly key: string;
  readonly work: GrowthWork;
  /** The table that its cost is told by. */
  readonly table: string;
  /** Others that it works through. */
  readonly others: readonly string[];
}

/** What is worth running at several sizes: statements that rewrote, read, indexed or wrote a whole table, and did not fail. */
export function candidatesOf(
  judged: readonly JudgedStatement[],
  observed: readonly ObservedStatement[],
  environment: Environment,
): Candidate[] {
  const seen = new Map(observed.map((statement) => [statement.key, statement.observed]));
  return judged.flatMap((entry): Candidate[] => {
    const effects = seen.get(keyOf(entry)) ?? null;
    if (effects === null || effects.error !== null || controlOf(entry.statement.sql).kind !== "none") return [];
    const subjects = entry.statement.changes.flatMap((change) => ("table" in change ? [change.table] : []));
    // What a statement does to every partition it does to the table that they are parts of.
    const whole = (name: string): string => (subjects.includes(name) ? name : rootOf(entry.before, name));
    const rewrites = effects.rewrites.map(whole);
    const tables = [...new Set([...rewrites, ...effects.scans.map(whole)])];
    if (tables.length === 0 && effects.indexBuilds.length > 0) tables.push(...effects.locks.map((lock) => whole(lock.relation)));
    const [table] = [
      ...tables.filter((name) => subjects.includes(name)),
      ...rewrites,
      ...tables.toSorted((a, b) => rowsThere(environment, b) - rowsThere(environment, a)),
    ];
    if (table === undefined) return [];
    const work: GrowthWork =
      effects.rewrites.length > 0
        ? "rewrite"
        : isPlanned(entry.statement.sql) && !/^\s*(?:select|table|values|explain|declare)\b/i.test(entry.statement.sql)
          ? "write"
          : effects.indexBuilds.length > 0
            ? "index-build"
            : "scan";
    return [{ key: keyOf(entry), work, table, others: tables.filter((name) => name !== table) }];
  });
}

function rootOf(schema: SchemaState, name: string): string {
  const parent = schema.relations.get(name)?.partitionOf ?? null;
  return parent === null ? name : rootOf(schema, parent);
}

/** Rows of the profile; -1 where it does not know the table. */
export function rowsThere(environment: Environment, table: string): number {
  for (const profile of environment.profiles) {
    const found = profile.server.engine === "postgres" ? profile.tables.find((entry) => entry.table === table) : undefined;
    if (found !== undefined) return found.rows ?? -1;
  }
  return -1;
}
