import { data } from "./data.ts";
import { Draw, type Maker, type Statement } from "./draw.ts";
import { concurrently, createIndex, onIndex } from "./indexes.ts";
import { attachments, sequencesAndFunctions, types, views } from "./objects.ts";
import type { Random } from "./random.ts";
import type { GeneratedSchema } from "./schema.ts";
import { alterTable, createTable, dropTable, inheritance, partitioning, renameThings } from "./tables.ts";

/** By how often migrations hold them, and by how much can go wrong in predicting them. */
const MAKERS: readonly (readonly [number, Maker])[] = [
  [40, alterTable],
  [5, renameThings],
  [6, partitioning],
  [2, inheritance],
  [5, createTable],
  [4, dropTable],
  [9, createIndex],
  [5, onIndex],
  [1.5, concurrently],
  [5, types],
  [5, views],
  [8, attachments],
  [4, sequencesAndFunctions],
  [9, data],
];

export interface GeneratedCase {
  /** Statements that prepare it, in the same transaction. */
  readonly prepare: readonly string[];
  readonly sql: string;
  readonly since: number;
  readonly alone: boolean;
}

/** One in fifty is prepared by another statement. */
export function makeCase(random: Random, schema: GeneratedSchema): GeneratedCase {
  const draw = new Draw(random, schema);
  const { sql, since = 0, alone = false } = makeStatement(draw);
  if (alone || !random.percent(2)) return { prepare: [], sql, since, alone };
  const first = makeStatement(draw);
  if (first.alone === true || (first.since ?? 0) > 0) return { prepare: [], sql, since, alone };
  return { prepare: [first.sql], sql, since, alone };
}

function makeStatement(draw: Draw): Statement {
  for (;;) {
    const made = draw.random.weighted(MAKERS)(draw);
    if (made !== null) return typeof made === "string" ? { sql: made } : made;
  }
}
