import type { Intent } from "./intents.ts";

/** What is taken away and later added again, or the other way round, are two waves; all else is one: additions first, removals last. */
export function waves(intents: readonly Intent[]): readonly (readonly Intent[])[] {
  const all: Intent[][] = [];
  let current: Intent[] = [];
  let removed = new Set<string>();
  let added = new Set<string>();
  for (const intent of intents) {
    const keys = keysOf(intent);
    const again = keys.added.some((key) => removed.has(key)) || keys.removed.some((key) => added.has(key));
    if (again) {
      all.push(current);
      current = [];
      removed = new Set();
      added = new Set();
    }
    current.push(intent);
    for (const key of keys.added) added.add(key);
    for (const key of keys.removed) removed.add(key);
  }
  if (current.length > 0) all.push(current);
  return all;
}

/** Columns by name, whichever table of a family is named. A table that is dropped and made again is settled within its wave. */
function keysOf(intent: Intent): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  if (intent.kind !== "column") return { added: [], removed: [] };
  const { change } = intent;
  if (change.kind === "add-column") return { added: [change.column.name], removed: [] };
  if (change.kind === "drop-column") return { added: [], removed: [change.column] };
  if (change.kind === "rename-column") return { added: [change.to], removed: [change.column] };
  return { added: [], removed: [] };
}
