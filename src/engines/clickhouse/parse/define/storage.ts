import type { Engine, Expression, Setting, SortingKey, Storage, TtlElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readEngine } from "./engine.ts";
import { readSortingKey } from "./keys.ts";
import { readTtlList } from "./ttl.ts";

/** ENGINE and the clauses behind it, in any order, SETTINGS last. null: nothing of it stands here; undefined: it is broken. */
export function readStorage(c: Cursor): Storage | null | undefined {
  const start = c.start;
  let engine: Engine | null = null;
  let partitionBy: Expression | null = null;
  let primaryKey: Expression | null = null;
  let orderBy: SortingKey | null = null;
  let uniqueKey: Expression | null = null;
  let sampleBy: Expression | null = null;
  let ttl: readonly TtlElement[] | null = null;
  let settings: readonly Setting[] | null = null;
  if (c.keyword("ENGINE")) {
    if (c.kind === Kind.Equals) c.index++;
    engine = readEngine(c);
    if (engine === null) return undefined;
  }
  for (;;) {
    if (partitionBy === null && c.keyword("PARTITION", "BY")) {
      partitionBy = c.grammar.expression(c);
      if (partitionBy === null) return undefined;
    } else if (primaryKey === null && c.keyword("PRIMARY", "KEY")) {
      primaryKey = c.grammar.expression(c);
      if (primaryKey === null) return undefined;
    } else if (orderBy === null && c.keyword("ORDER", "BY")) {
      orderBy = readSortingKey(c);
      if (orderBy === null) return undefined;
    } else if (uniqueKey === null && c.keyword("UNIQUE", "KEY")) {
      uniqueKey = c.grammar.expression(c);
      if (uniqueKey === null) return undefined;
    } else if (sampleBy === null && c.keyword("SAMPLE", "BY")) {
      sampleBy = c.grammar.expression(c);
      if (sampleBy === null) return undefined;
    } else if (ttl === null && c.keyword("TTL")) {
      ttl = readTtlList(c);
      if (ttl === null) return undefined;
    } else break;
  }
  if (c.keyword("SETTINGS")) {
    settings = c.grammar.settings(c);
    if (settings === null) return undefined;
  }
  if (c.start === start) return null;
  return {
    engine,
    partitionBy,
    primaryKey,
    orderBy,
    uniqueKey,
    sampleBy,
    ttl: ttl ?? [],
    settings: settings ?? [],
    at: c.rangeFrom(start),
  };
}
