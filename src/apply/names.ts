import { quoteIdentifier } from "../text/quote.ts";

/** `public.person` → `"public"."person"`: the schema state's own names hold no quotes, and schemas no dots. */
export function quotedRelation(name: string): string {
  const dot = name.indexOf(".");
  return dot === -1 ? quoteIdentifier(name) : `${quoteIdentifier(name.slice(0, dot))}.${quoteIdentifier(name.slice(dot + 1))}`;
}
