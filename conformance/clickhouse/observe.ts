import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClickHouseError, type EmbeddedClickHouse } from "../../src/engines/clickhouse/embedded/index.ts";
import type { Case } from "./cases.ts";

/** What the engine did with a statement. */
export interface Observed {
  readonly class: "metadata" | "mutation" | "rebuild" | "refused";
  readonly code: number | null;
  /** Columns whose files were written or taken away; null where no wide part tells. */
  readonly columns: readonly string[] | null;
  /** What happened to rows that nobody was told of. */
  readonly silent: "unreadable" | "changed" | null;
  readonly detail: string;
  /** Answers of the deciding queries before the statement, in order; a text is the error. */
  readonly decided: readonly (number | string)[];
}

interface Part {
  readonly name: string;
  readonly wide: boolean;
  /** Inode by file name. */
  readonly files: ReadonlyMap<string, number>;
}

interface Snapshot {
  readonly tables: ReadonlyMap<string, { readonly rows: ReadonlyMap<string, readonly string[] | number>; readonly parts: readonly Part[] }>;
  readonly mutations: number;
}

/** Codes that ALTER answers after it was accepted: the mutation failed. */
const ACCEPTED = new Set([341]);

/** @param decide deciding queries, asked before the statement runs */
export async function observe(engine: EmbeddedClickHouse, one: Case, decide: readonly string[]): Promise<Observed> {
  await fresh(engine);
  for (const sql of one.setup) await engine.query(sql);
  const baseline = one.probe === null ? null : await arrived(engine, one.probe, true);
  const before = await snapshot(engine);
  const decided: (number | string)[] = [];
  for (const query of decide) {
    try {
      decided.push(Number((await engine.query(query)).text.trim()));
    } catch (error) {
      decided.push(String(error));
    }
  }
  let code: number | null = null;
  let detail = "";
  try {
    await engine.query(one.statement, { settings: { mutations_sync: 1, alter_sync: 1 } });
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error;
    code = error.code;
    detail = error.message.slice(0, 200);
  }
  const after = await snapshot(engine);
  const refused = code !== null && !ACCEPTED.has(code);
  const seen = refused ? null : await damage(engine, one, before, after, baseline);
  // Accepted, and never carried out: whoever asked for it is not told.
  const idle = code !== null && !refused && /\bUPDATE\b/i.test(one.statement) ? ({ kind: "changed", detail } as const) : null;
  const harm = seen ?? idle;
  return {
    class: refused ? "refused" : classOf(before, after, one.statement),
    code: refused ? code : null,
    // What is never carried out writes nothing.
    columns: refused || idle !== null ? null : changedColumns(before, after),
    silent: harm?.kind ?? null,
    detail: harm?.detail ?? detail,
    decided,
  };
}

/** Settings that the engine began with: SET of a case is not the next one's. */
const begun = new WeakMap<EmbeddedClickHouse, ReadonlyMap<string, string>>();

async function freshSession(engine: EmbeddedClickHouse): Promise<void> {
  const changed = await engine.rows<{ name: string; value: string }>("SELECT name, value FROM system.settings WHERE changed");
  const first = begun.get(engine);
  if (first === undefined) begun.set(engine, new Map(changed.map(({ name, value }) => [name, value])));
  else {
    for (const { name, value } of changed) {
      const before = first.get(name);
      if (before !== value) await engine.query(`SET ${name} = ${before === undefined ? "DEFAULT" : `'${before.replaceAll("'", "\\'")}'`}`);
    }
  }
  for (const { name } of await engine.rows<{ name: string }>("SELECT name FROM system.tables WHERE is_temporary"))
    await engine.query(`DROP TEMPORARY TABLE \`${name}\``);
}

async function fresh(engine: EmbeddedClickHouse): Promise<void> {
  await freshSession(engine);
  const found = await engine.rows<{ name: string }>(
    "SELECT name FROM system.databases WHERE name NOT IN ('system', 'default', 'information_schema', 'INFORMATION_SCHEMA', '_temporary_and_external_tables')",
  );
  for (const { name } of found) await engine.query(`DROP DATABASE \`${name}\` SYNC SETTINGS check_table_dependencies = 0`);
  for (const { name } of await engine.rows<{ name: string }>("SELECT name FROM system.functions WHERE origin = 'SQLUserDefined'")) {
    await engine.query(`DROP FUNCTION \`${name}\``);
  }
  await engine.query("CREATE DATABASE app");
  await engine.query("USE app");
}

async function snapshot(engine: EmbeddedClickHouse): Promise<Snapshot> {
  const tables = new Map<string, { rows: Map<string, readonly string[] | number>; parts: Part[] }>();
  const found = await engine.rows<{ database: string; name: string; engine: string }>(
    "SELECT database, name, engine FROM system.tables WHERE database NOT IN ('system', 'default', 'information_schema', 'INFORMATION_SCHEMA') AND (engine LIKE '%MergeTree' OR engine LIKE '%Log' OR engine IN ('Memory', 'Join', 'Set')) AND name NOT LIKE '.inner%'",
  );
  for (const { database, name } of found) {
    const key = `${database}.${name}`;
    const columns = await engine.rows<{ name: string; type: string }>(
      `SELECT name, type FROM system.columns WHERE database = '${database}' AND table = '${name}' AND default_kind != 'EPHEMERAL'`,
    );
    const rows = new Map<string, readonly string[] | number>();
    const order = columns.some((c) => c.name === "k") ? "k" : `\`${columns[0]?.name ?? ""}\``;
    for (const column of columns) {
      if (column.type.startsWith("AggregateFunction")) continue;
      rows.set(column.name, await valuesOf(engine, key, column.name, order));
    }
    tables.set(key, { rows, parts: await partsOf(engine, database, name) });
  }
  const [mutations] = await engine.rows<{ n: number }>("SELECT count() AS n FROM system.mutations WHERE database NOT IN ('system')");
  return { tables, mutations: mutations?.n ?? 0 };
}

async function valuesOf(engine: EmbeddedClickHouse, table: string, column: string, order: string): Promise<readonly string[] | number> {
  try {
    const rows = await engine.rows<{ v: string }>(
      `SELECT v FROM (SELECT ifNull(toString(\`${column}\`), '\\\\N') AS v, row_number() OVER (ORDER BY toString(${order})) AS n FROM ${table}) ORDER BY n`,
    );
    return rows.map((r) => r.v);
  } catch (error) {
    if (error instanceof ClickHouseError) return error.code;
    throw error;
  }
}

async function partsOf(engine: EmbeddedClickHouse, database: string, table: string): Promise<Part[]> {
  const parts = await engine.rows<{ name: string; path: string; part_type: string }>(
    `SELECT name, path, part_type FROM system.parts WHERE active AND database = '${database}' AND table = '${table}' ORDER BY name`,
  );
  return parts.map((part) => {
    const files = new Map<string, number>();
    for (const file of readdirSync(part.path)) files.set(file, statSync(join(part.path, file)).ino);
    return { name: part.name, wide: part.part_type === "Wide", files };
  });
}

function classOf(before: Snapshot, after: Snapshot, statement: string): Observed["class"] {
  if (/^(?:RENAME|EXCHANGE|DETACH TABLE|DETACH DICTIONARY|DETACH VIEW)/i.test(statement)) return "metadata";
  // A lightweight update writes patch parts: the mutation is there, its command is not.
  if (after.mutations > before.mutations || /^UPDATE\b/i.test(statement)) return "mutation";
  for (const [key, table] of before.tables) {
    const now = after.tables.get(key)?.parts ?? [];
    if (now.map((p) => p.name).join() !== table.parts.map((p) => p.name).join()) return "rebuild";
    const then = after.tables.get(key)?.rows;
    // Memory keeps what it holds and casts it at every read.
    if (
      table.parts.length === 0 &&
      !/\bMODIFY COLUMN\b/i.test(statement) &&
      [...table.rows].some(([column, values]) => then?.get(column) !== undefined && then.get(column)?.toString() !== values.toString())
    )
      return "rebuild";
  }
  for (const [key, table] of after.tables) if (!before.tables.has(key) && table.parts.length > 0) return "rebuild";
  return "metadata";
}

/** `n%2Ea.size0.bin` belongs to `n.a`. */
function columnOf(file: string): string {
  return decodeURIComponent(file.split(".")[0] ?? file);
}

function changedColumns(before: Snapshot, after: Snapshot): readonly string[] | null {
  const changed = new Set<string>();
  let known = true;
  for (const [key, table] of before.tables) {
    const now = after.tables.get(key)?.parts ?? [];
    const names = new Set(table.parts.map((p) => p.name));
    const fresh = now.filter((p) => !names.has(p.name));
    if (fresh.length === 0) continue;
    const inodes = new Set(table.parts.flatMap((p) => [...p.files.values()]));
    const had = new Set(table.parts.filter((p) => !now.some((n) => n.name === p.name)).flatMap((p) => [...p.files.keys()]));
    for (const part of fresh) {
      if (!part.wide) known = false;
      const column = (file: string): boolean => file.endsWith(".bin") && !file.startsWith("skp_idx_") && !file.startsWith("primary");
      for (const [file, inode] of part.files) if (column(file) && !inodes.has(inode)) changed.add(columnOf(file));
      for (const file of had) if (column(file) && !part.files.has(file)) changed.add(columnOf(file));
      // A file under a new name with the same content: a rename.
      for (const [file] of part.files) if (column(file) && !had.has(file)) changed.add(columnOf(file));
    }
  }
  if (!known) return null;
  const columns = new Set([...before.tables.values(), ...after.tables.values()].flatMap((t) => [...t.rows.keys()]));
  // Streams of a column: `m.keys`, `t.a`.
  const owner = (file: string): string => {
    for (let name = file; name !== ""; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) if (columns.has(name)) return name;
    return file;
  };
  // `n.size0` is shared by the columns of a Nested.
  const shared = (name: string): boolean => !columns.has(name) && [...columns].some((c) => c.startsWith(`${name}.`));
  return [...new Set([...changed].map(owner).filter((name) => !shared(name)))].toSorted();
}

type Harm = { readonly kind: "unreadable" | "changed"; readonly detail: string };

async function damage(
  engine: EmbeddedClickHouse,
  one: Case,
  before: Snapshot,
  after: Snapshot,
  baseline: Arrived | null,
): Promise<Harm | null> {
  const moves = /^(?:RENAME|EXCHANGE|DETACH)/i.test(one.statement);
  const update = /\bUPDATE\b/i.test(one.statement);
  const insert = /^INSERT/i.test(one.statement);
  for (const [key, table] of before.tables) {
    const now = after.tables.get(key);
    if (moves) continue;
    if (now === undefined) {
      if ([...table.rows.values()].some((v) => Array.isArray(v) && v.length > 0))
        return { kind: "changed", detail: `${key} is gone with its rows` };
      continue;
    }
    for (const [column, values] of table.rows) {
      const then = now.rows.get(column);
      if (typeof values === "number" || then === undefined) continue;
      if (typeof then === "number") return { kind: "unreadable", detail: `${key}.${column} cannot be read: ${then}` };
      if (insert || update || (/^(?:ALTER TABLE \S+ DELETE|DELETE)/i.test(one.statement) && !/WHERE\s+(?:1|true)\b/i.test(one.statement)))
        continue;
      if (then.length < values.length) return { kind: "changed", detail: `${key} has ${then.length} of ${values.length} rows` };
      const at = values.findIndex(
        (v, i) => meaning(v) !== meaning(then[i] ?? "") && !(v.startsWith("(") && (then[i] ?? "").startsWith(`${v.slice(0, -1)},`)),
      );
      if (at !== -1) return { kind: "changed", detail: `${key}.${column}: ${values[at] ?? ""} -> ${then[at] ?? ""}` };
    }
  }
  if (one.probe === null || baseline === null) return null;
  const again = await arrived(engine, one.probe, false);
  if (again.failed !== null) return { kind: "changed", detail: `the probe fails with ${again.failed}` };
  return again.number === baseline.number ? null : { kind: "changed", detail: `${again.number} arrived where ${baseline.number} did` };
}

interface Arrived {
  /** By how much the probe raised the number. */
  readonly number: number;
  readonly failed: number | null;
}

async function arrived(engine: EmbeddedClickHouse, probe: NonNullable<Case["probe"]>, strict: boolean): Promise<Arrived> {
  const ask = async (): Promise<number> => Number((await engine.query(probe.arrives)).text.trim());
  try {
    const start = await ask();
    await engine.query(probe.insert);
    return { number: (await ask()) - start, failed: null };
  } catch (error) {
    if (strict || !(error instanceof ClickHouseError)) throw error;
    return { number: 0, failed: error.code };
  }
}

/** Two texts that mean the same value under the declared conversion: `5.00` and `5`, midnight with and without its time. */
function meaning(text: string): string {
  return text
    .replaceAll("\0", "")
    .replace(/['\\" ]/g, (c) => (c === " " ? " " : ""))
    .replace(/(\d\d:\d\d:\d\d)\.0+\b/g, "$1")
    .replace(/ 00:00:00$/, "")
    .replace(
      /(?<![\d.])([+-]?)0*(\d+)(?:\.(\d*?)0*)?(?![\d.:-])/g,
      (_, sign: string, whole: string, fraction: string | undefined) =>
        `${sign === "+" ? "" : sign}${whole}${fraction ? `.${fraction}` : ""}`,
    )
    .replace(/^::ffff:(?=\d+\.)/, "")
    .replace(/\btrue\b/g, "1")
    .replace(/\bfalse\b/g, "0");
}
