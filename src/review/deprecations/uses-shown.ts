import type { ItemUse } from "./item.ts";
import { placeOf } from "../drops/place.ts";
import type { ObjectUse } from "../drops/uses.ts";

/** One per version, kind and place: the same model sends many queries. */
export function usesShown(uses: readonly ObjectUse[]): ItemUse[] {
  const found = new Map<string, ItemUse>();
  for (const { version, kind, query } of uses) {
    const place = query.usedAt !== null ? placeOf(query.usedAt) : query.span !== null ? placeOf(query.span) : query.origin;
    const key = `${version} ${kind} ${place}`;
    if (!found.has(key)) found.set(key, { version, kind, query: query.sql, place });
  }
  return [...found.values()];
}
