/** One statement, or several that belong together, of a schema written as SQL. */
export interface Item {
  /** `pg_class:16402`: what dependencies speak of. Unique. */
  readonly key: string;
  /** Lower comes first where nothing else decides. */
  readonly phase: number;
  readonly name: string;
  readonly sql: string;
  /** Keys that must stand before. Unknown ones are none of ours. */
  readonly needs: readonly string[];
}

/**
 * What something needs comes before it, else by phase and name: the same schema is always written the same way. In a circle (a default
 * that calls a function that takes the table's row) the earlier phase goes first. Without recursion: a chain of views may be long.
 */
export function inOrder(items: readonly Item[]): readonly Item[] {
  const byKey = new Map(items.map((item) => [item.key, item]));
  const sorted = [...items].sort((a, b) => a.phase - b.phase || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.key < b.key ? -1 : 1));
  const state = new Map<string, "open" | "done">();
  const ordered: Item[] = [];
  for (const start of sorted) {
    const stack = [start];
    for (let item = stack.at(-1); item !== undefined; item = stack.at(-1)) {
      if (state.get(item.key) === "done") {
        stack.pop();
        continue;
      }
      if (state.get(item.key) === "open") {
        state.set(item.key, "done");
        ordered.push(item);
        stack.pop();
        continue;
      }
      state.set(item.key, "open");
      for (const key of [...item.needs].sort().reverse()) {
        const needed = byKey.get(key);
        if (needed !== undefined && !state.has(key)) stack.push(needed);
      }
    }
  }
  return ordered;
}
