import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import type { SchemaState } from "../../model/schema.ts";
import { referencesOf, type References } from "./references.ts";
import { columnKey, type UseKind } from "./use-key.ts";

/** One query of a version that uses an object. */
export interface ObjectUse {
  readonly version: string;
  readonly kind: UseKind;
  readonly query: Query;
}

/** A query that could not be read to the end, with why. */
interface UnreadQuery {
  readonly query: Query;
  readonly reason: string;
}

/** What every query of one version uses, against one schema. */
export interface VersionUses {
  readonly version: LiveVersion;
  /** @param column null: the table as a whole, however it is used */
  of(table: string, column: string | null): readonly ObjectUse[];
  /** Queries that may use it and cannot be read: they name it somewhere in their text. */
  unread(table: string, column: string | null): readonly UnreadQuery[];
}

/** References by schema and SQL: versions of one app send mostly the same queries, and environments share most schemas. */
const memory = new WeakMap<SchemaState, Map<string, References>>();

const answers = new WeakMap<SchemaState, Map<LiveVersion, VersionUses>>();

/** What a version asks, held against a schema: read once for each. */
export function referenceReader(grammar: Grammar): (version: LiveVersion, state: SchemaState) => VersionUses {
  return (version, state) => versionUses(grammar, version, state);
}

function versionUses(grammar: Grammar, version: LiveVersion, state: SchemaState): VersionUses {
  const here = answers.get(state) ?? new Map<LiveVersion, VersionUses>();
  answers.set(state, here);
  const found = here.get(version) ?? read(grammar, version, state);
  here.set(version, found);
  return found;
}

function read(grammar: Grammar, version: LiveVersion, state: SchemaState): VersionUses {
  let known = memory.get(state);
  if (known === undefined) {
    known = new Map();
    memory.set(state, known);
  }
  const byKey = new Map<string, ObjectUse[]>();
  const unread: UnreadQuery[] = [];
  const add = (key: string, use: ObjectUse): void => {
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [use]);
    else list.push(use);
  };
  for (const query of version.queries) {
    let found = known.get(query.sql);
    if (found === undefined) {
      found = referencesOf(grammar, query.sql, state);
      known.set(query.sql, found);
    }
    if (found.unread !== null) unread.push({ query, reason: found.unread });
    const behind = new Set<string>();
    for (const [key, kinds] of found.uses) {
      for (const kind of kinds) add(key, { version: version.name, kind, query });
      if (!key.includes(" ")) throughView(key, state, behind, (reason) => unread.push({ query, reason }));
    }
    for (const key of behind) if (!found.uses.has(key)) add(key, { version: version.name, kind: "read", query });
  }
  return {
    version,
    of: (table, column) => {
      const own = byKey.get(column === null ? table : columnKey(table, column)) ?? [];
      // What is asked of the parent is asked of its partitions.
      const parent = state.relations.get(table)?.partitionOf ?? null;
      return parent === null ? own : [...own, ...(byKey.get(column === null ? parent : columnKey(parent, column)) ?? [])];
    },
    unread: (table, column) => {
      const bare = table.slice(table.indexOf(".") + 1);
      return unread.filter(
        ({ query }) => names(query.sql, bare) && (column === null || names(query.sql, column) || query.sql.includes("*")),
      );
    },
  };
}

/** Who reads a view reads what stands behind it. */
function throughView(relation: string, state: SchemaState, behind: Set<string>, unread: (reason: string) => void): void {
  const view = state.relations.get(relation);
  if (view === undefined || (view.kind !== "view" && view.kind !== "materialized-view")) return;
  if (view.reads === null) {
    unread(`it reads ${relation}, whose query could not be read`);
    return;
  }
  for (const { relation: base, column } of view.reads) {
    const key = column === null ? base : columnKey(base, column);
    if (behind.has(key)) continue;
    behind.add(key);
    behind.add(base);
    if (column === null) throughView(base, state, behind, unread);
  }
}

const words = new Map<string, RegExp>();

/** Whether a text holds the name as a word of its own, any case. */
export function names(text: string, name: string): boolean {
  let word = words.get(name);
  if (word === undefined) {
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    word = new RegExp(String.raw`(?<![\w$])${escaped}(?![\w$])`, "i");
    words.set(name, word);
  }
  return word.test(text);
}
