import type { Client } from "pg";
import { LOCK_MODES, strongest, type LockMode, type PostgresEffects, type TableLock } from "../../../model/effects.ts";
import { apply, emptyState } from "../../../model/apply/index.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { wholeSpan } from "../../../text/span.ts";
import type { PostgresEngine } from "../engine.ts";

interface Seen {
  readonly oid: number;
  readonly name: string;
  readonly table: number | null;
  readonly file: string | null;
  readonly returned: number;
  readonly bytes: number;
  readonly kind: string;
}

const SNAPSHOT = `
  SELECT c.oid::int AS oid, n.nspname || '.' || c.relname AS name, i.indrelid::int AS "table", pg_relation_filenode(c.oid)::text AS file,
    pg_stat_get_xact_tuples_returned(c.oid)::int AS returned, c.relkind::text AS kind,
    CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid)::int ELSE 0 END AS bytes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
  WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'tread') AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I', 'f')`;

const LOCKS = `SELECT relation::int AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND granted AND locktype = 'relation'`;

async function snapshot(client: Client): Promise<Map<number, Seen>> {
  const { rows } = await client.query<Seen>(SNAPSHOT);
  return new Map(rows.map((r) => [r.oid, r]));
}

/**
 * What a statement did on a real server, run inside of a transaction that is rolled back (or, where Postgres refuses that, alone: then
 * locks are gone when one looks and are reported as none).
 * @param rows rows per qualified table before it
 */
export async function observe(
  client: Client,
  sql: string,
  rows: ReadonlyMap<string, number>,
  inTransaction: boolean,
  earlier: readonly string[],
): Promise<PostgresEffects & { readonly heldBefore: readonly TableLock[] }> {
  if (inTransaction) await client.query("BEGIN");
  try {
    for (const statement of earlier) await client.query(statement);
    const before = await snapshot(client);
    const heldBefore = earlier.length === 0 ? [] : tableLocks(before, (await client.query<{ oid: number; mode: string }>(LOCKS)).rows);
    try {
      await client.query(sql);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { locks: [], rewrites: [], scans: [], indexBuilds: [], error: { sqlstate: code ?? "", message }, heldBefore };
    }
    const after = await snapshot(client);
    const { rows: held } = await client.query<{ oid: number; mode: string }>(LOCKS);
    return { ...effects(before, after, inTransaction ? held : [], rows), heldBefore };
  } finally {
    if (inTransaction) await client.query("ROLLBACK");
  }
}

function tableLocks(before: Map<number, Seen>, held: readonly { oid: number; mode: string }[]): TableLock[] {
  const locks = new Map<string, LockMode>();
  for (const { oid, mode } of held) {
    const relation = before.get(oid);
    const bare = LOCK_MODES.find((m) => `${m}Lock` === mode);
    if (relation === undefined || bare === undefined || relation.kind === "i" || relation.kind === "I") continue;
    locks.set(relation.name, strongest(locks.get(relation.name) ?? bare, bare));
  }
  return [...locks].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

function effects(
  before: Map<number, Seen>,
  after: Map<number, Seen>,
  held: readonly { oid: number; mode: string }[],
  rows: ReadonlyMap<string, number>,
): PostgresEffects {
  const rewrites: string[] = [];
  const scans = new Set<string>();
  const builds: string[] = [];
  const files = new Set([...before.values()].map((r) => r.file));
  for (const now of after.values()) {
    const old = before.get(now.oid);
    const table = now.table === null ? old : before.get(now.table);
    if (table === undefined) continue;
    const emptied = after.get(table.oid)?.bytes === 0 && table.bytes > 0;
    const count = rows.get(table.name) ?? 0;
    if (count > 0 && now.returned - (old?.returned ?? 0) >= count) scans.add(table.name);
    if (now.file === null || files.has(now.file) || emptied) continue;
    if (now.table === null) rewrites.push(table.name);
    else builds.push(now.name);
  }
  return {
    locks: tableLocks(before, held),
    rewrites: rewrites.sort(),
    scans: [...scans].sort(),
    indexBuilds: builds.sort(),
    error: null,
  };
}

/** Folds a script into a state, as `check` does. */
export function fold(engine: PostgresEngine, sql: string, from: SchemaState = emptyState({ timeZone: "UTC" })): SchemaState {
  let state = from;
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan("setup.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) {
    for (const change of engine.changes(raw, state)) state = apply(change, state, { migration: "setup" });
  }
  return state;
}

/** Rows per table. */
export async function countRows(client: Client): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name, kind } of (await snapshot(client)).values()) {
    if (kind !== "r" && kind !== "m") continue;
    const [schema = "", table = ""] = name.split(".");
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ONLY "${schema}"."${table}"`);
    counts.set(name, rows[0]?.n ?? 0);
  }
  return counts;
}
