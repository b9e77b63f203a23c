import type { PostgresEngine, RawStatement } from "../engines/postgres/engine.ts";
import { apply } from "../model/apply/index.ts";
import type { Change } from "../model/change.ts";
import { blocksWrites, type TableLock } from "../model/effects.ts";
import type { SchemaState } from "../model/schema.ts";
import { wholeSpan } from "../text/span.ts";

/** What a statement means for the others on the server. */
export type Footing =
  /** Needs locks that reads or writes wait for. `works`: what it does for as long as it holds them, by prediction. */
  | { readonly kind: "strong"; readonly locks: readonly TableLock[]; readonly works: readonly string[] }
  /** What it locks is not known: it gets the same limit. */
  | { readonly kind: "unknown"; readonly reason: string }
  /** Waits for others and lets nobody wait; ended in this wait, it leaves something behind. */
  | { readonly kind: "concurrent"; readonly index: string | null; readonly ifNotExists: boolean; readonly reindex: boolean }
  /** Reads, writes rows, or makes what nobody uses yet. */
  | { readonly kind: "soft" }
  | { readonly kind: "control"; readonly verb: "begin" | "commit" | "rollback" | "savepoint" | "release" | "rollback-to" | "set" };

export interface Understood {
  readonly footing: Footing;
  readonly changes: readonly Change[];
  /** It changes rows or the schema, or might. */
  readonly writes: boolean;
  /** It changes the schema, or might. */
  readonly ddl: boolean;
  /** Settings of the session may be others after it. */
  readonly unsettles: boolean;
}

const CONTROL = new Set(["begin", "commit", "rollback", "savepoint", "release", "rollback-to", "set"]);
/** They lock nothing that a read or a write of somebody else's waits for, whatever they meet. */
const SOFT = new Set([
  "read",
  "write",
  "prepare",
  "deallocate",
  "validate-constraint",
  "create-relation",
  "create-type",
  "create-schema",
  "create-sequence",
  "create-function",
  "maintenance",
]);
const NO_DDL = new Set(["read", "write", "prepare", "deallocate"]);

/** @param state the schema as it is before the statement, with the settings of its session */
export function understand(engine: PostgresEngine, sql: string, state: SchemaState, version: number, block: boolean): Understood {
  const raw = readOne(engine, sql);
  if (raw === null) return unknown("it is not one statement that tread can read");
  if (raw.opaque !== null) return unknown(raw.opaque);
  const changes = engine.changes(raw, state);
  const [first] = changes;
  if (first === undefined) return { footing: { kind: "soft" }, changes, writes: false, ddl: false, unsettles: false };
  if (CONTROL.has(first.kind)) {
    const verb = first.kind as "set";
    return { footing: { kind: "control", verb }, changes, writes: false, ddl: false, unsettles: verb === "set" };
  }
  const ddl = changes.some(({ kind }) => !NO_DDL.has(kind));
  const base = {
    changes,
    ddl,
    writes: changes.some(({ kind }) => kind !== "read"),
    unsettles: changes.some(({ kind }) => kind === "opaque"),
  };
  const concurrent = concurrently(first, changes, state);
  if (concurrent !== null) return { ...base, footing: concurrent };
  const opaque = changes.find((change) => change.kind === "opaque");
  if (opaque?.kind === "opaque") return { ...base, footing: { kind: "unknown", reason: opaque.reason } };
  if (first.kind === "lock-table" && first.nowait) return { ...base, footing: { kind: "soft" } };
  const effects = engine.predict(changes, state, { version, inTransaction: block, isEmpty: () => false });
  const locks = effects.locks.filter(({ mode }) => blocksWrites(mode));
  const works = [
    ...effects.rewrites.map((table) => `writes every row of ${table} again`),
    ...effects.scans.map((table) => `reads every row of ${table}`),
    ...effects.indexBuilds.map((index) => `builds ${index}`),
  ];
  if (locks.length > 0) return { ...base, footing: { kind: "strong", locks, works } };
  if (effects.error !== null && ddl) return { ...base, footing: { kind: "unknown", reason: effects.error.message } };
  if (changes.every(({ kind }) => SOFT.has(kind))) return { ...base, footing: { kind: "soft" } };
  return { ...base, footing: { kind: "unknown", reason: "it locks no table, but perhaps a view, an index or a type" } };
}

function unknown(reason: string): Understood {
  return { footing: { kind: "unknown", reason }, changes: [], writes: true, ddl: true, unsettles: true };
}

function readOne(engine: PostgresEngine, sql: string): RawStatement | null {
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan("the command", sql),
    verbatim: false,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  const [raw, ...more] = engine.read(step);
  return raw === undefined || more.length > 0 ? null : raw;
}

function concurrently(first: Change, changes: readonly Change[], state: SchemaState): Footing | null {
  const none = { kind: "concurrent", index: null, ifNotExists: false, reindex: false } as const;
  switch (first.kind) {
    case "create-index":
      return first.concurrently ? { ...none, index: newIndexName(changes, state), ifNotExists: first.ifNotExists } : null;
    case "reindex":
      return first.concurrently ? { ...none, reindex: true } : null;
    case "drop-index":
    case "detach-partition":
      return first.concurrently ? none : null;
    case "maintenance":
      return /^VACUUM\b(?!.*\bFULL\b)/i.test(first.command) ? none : null;
    default:
      return null;
  }
}

/** Qualified; the one that the server will choose where the statement gives none. */
function newIndexName(changes: readonly Change[], before: SchemaState): string | null {
  const [first] = changes;
  if (first?.kind !== "create-index") return null;
  const dot = first.table.indexOf(".");
  if (first.index.name !== "")
    return first.index.name.includes(".") || dot === -1 ? first.index.name : `${first.table.slice(0, dot)}.${first.index.name}`;
  const known = new Set(before.relations.get(first.table)?.indexes.map(({ name }) => name));
  const after = schemaAfter(changes, before);
  return after.relations.get(first.table)?.indexes.find(({ name }) => !known.has(name))?.name ?? null;
}

/** The schema after the changes. */
export function schemaAfter(changes: readonly Change[], before: SchemaState): SchemaState {
  return changes.reduce((state, change) => apply(change, state, { migration: null }), before);
}
