import { ClickHouseError, type EmbeddedClickHouse, startClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { refusal } from "../../engines/clickhouse/embedded/refuse.ts";
import { namesFromOutside, standIn } from "../../engines/clickhouse/embedded/stand-in.ts";
import type { ParsedStatement } from "../../engines/clickhouse/parse/ast.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { TableScale } from "../../model/environment.ts";
import { type ColumnFacts, hasParts, quoteName, readCatalogue, type TableFacts } from "./catalogue.ts";
import { firstLine } from "./observe/compare.ts";
import type { Spread } from "./seed/bulk.ts";
import { fillOrdinary, type PartFormat } from "./seed/fill.ts";
import type { ClickHouseRehearseInput } from "./types.ts";

/** Without a profile: enough that a rewrite weighs something, little enough to seed many tables. */
const WITHOUT_PROFILE = 10_000;
/** However small in proportion, a table keeps this many, or all it has. */
const LEAST = 200;

/** Macros that setups know by heart. Others get their own name as value. */
const MACROS: Readonly<Record<string, string>> = {
  shard: "01",
  replica: "replica-1",
  cluster: "tread",
  layer: "01",
  installation: "tread",
};

/** A statement made ready for one process, or why it is not run. */
export type Prepared = { readonly sql: string; readonly parsed: ParsedStatement } | { readonly leftOut: string };

export interface Lab {
  readonly engine: EmbeddedClickHouse;
  readonly limits: Set<string>;
  readonly seeded: { table: string; rows: number; scaledFrom: number | null }[];
  prepare(sql: string): Prepared;
  /** A migration starts with the settings and the database of a new connection. */
  newSession(): Promise<void>;
  /** Ordinary rows for every table that has not had any from here. */
  seedNew(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the engine, builds the schema before the judged statements, and seeds it. @throws EngineUnavailable @throws EngineCrashed */
export async function openLab(input: ClickHouseRehearseInput, progress: (message: string) => void): Promise<Lab> {
  const limits = new Set<string>();
  const texts = [
    ...input.base,
    ...input.applied.flatMap(({ statements }) => statements.map(({ sql }) => sql)),
    ...input.judged.map(({ statement }) => statement.sql),
  ];
  const outside = namesFromOutside(texts.flatMap((text) => parseScript(text)));
  const macros = Object.fromEntries(outside.macros.map((name) => [name, MACROS[name] ?? name]));
  const clusters = new Set([
    ...outside.clusters,
    ...outside.clusters.map((name) => name.replace(/\{(\w+)\}/g, (_, macro: string) => macros[macro] ?? macro)),
  ]);
  if (outside.macros.length > 0)
    limits.add(
      `macros: ${outside.macros.map((name) => `{${name}} is '${macros[name] ?? name}' here`).join(", ")}; those of the servers are theirs`,
    );
  const engine = await startClickHouse({
    onProgress: progress,
    macros,
    clusters: [...clusters].map((name) => ({ name })),
    still: true,
    memoryLimit: 2.5 * 1024 ** 3,
  });
  const close = (): Promise<void> => engine.stop();
  const stop = (): void => void close();
  input.signal.addEventListener("abort", stop, { once: true });
  try {
    return await build(engine, input, limits, progress, async () => {
      input.signal.removeEventListener("abort", stop);
      await close();
    });
  } catch (error) {
    await close();
    input.signal.throwIfAborted();
    throw error;
  }
}

async function build(
  engine: EmbeddedClickHouse,
  input: ClickHouseRehearseInput,
  limits: Set<string>,
  progress: (message: string) => void,
  close: () => Promise<void>,
): Promise<Lab> {
  const prepare = (sql: string): Prepared => {
    const [parsed, second] = parseScript(sql);
    if (parsed === undefined) return { leftOut: "it is empty" };
    if (second !== undefined) return { leftOut: "it is several statements" };
    const refused = refusal(parsed);
    if (refused !== null) return { leftOut: `refused by the sandbox: ${refused}` };
    const { sql: text, limits: own, leftOut } = standIn(parsed);
    if (leftOut !== null) return { leftOut };
    for (const limit of own) limits.add(limit);
    const [again] = parseScript(text);
    return { sql: text, parsed: again ?? parsed };
  };
  const defaults = new Map<string, string>();
  const newSession = async (): Promise<void> => {
    const changed = await engine.rows<{ name: string; value: string }>("SELECT name, value FROM system.settings WHERE changed");
    if (defaults.size === 0) for (const { name, value } of changed) defaults.set(name, value);
    for (const { name, value } of changed) {
      const before = defaults.get(name);
      if (before !== value) await engine.query(`SET ${name} = ${before === undefined ? "DEFAULT" : `'${before.replaceAll("'", "\\'")}'`}`);
    }
    await engine.query(`CREATE DATABASE IF NOT EXISTS ${quoteName(input.database)}`);
    await engine.query(`USE ${quoteName(input.database)}`);
  };
  await newSession();
  const run = async (sql: string, where: string): Promise<void> => {
    const ready = prepare(sql);
    if ("leftOut" in ready) {
      limits.add(`${where}: ${ready.leftOut}`);
      return;
    }
    try {
      await engine.query(ready.sql);
    } catch (error) {
      if (!(error instanceof ClickHouseError)) throw error;
      limits.add(
        `${where} failed while the schema before was built (${error.code}: ${firstLine(error.message)}): what depends on it was not exercised`,
      );
    }
  };
  if (input.base.length > 0) progress("loading the schema that the migrations start from");
  for (const dump of input.base) {
    await newSession();
    // A dump lists objects by name, not by what needs what: what fails waits for the others.
    await loadDump(engine, dump, prepare, limits);
  }
  for (const [at, migration] of input.applied.entries()) {
    input.signal.throwIfAborted();
    progress(`building the schema before: ${migration.id} (${at + 1} of ${input.applied.length})`);
    await newSession();
    for (const statement of migration.statements) {
      if (statement.kind === "sql") await run(statement.sql, `${migration.id}#${statement.index}`);
      else limits.add(`${migration.id}#${statement.index}: ${statement.opaque ?? "code"}: not run`);
    }
  }
  const lab: Lab & { readonly done: Set<string> } = {
    engine,
    limits,
    seeded: [],
    done: new Set(),
    prepare,
    newSession,
    seedNew: async () => {
      const tables = [...(await readCatalogue(engine)).values()].filter((table) => isSeedable(table) && !lab.done.has(table.uuid));
      const share = shares(tables, input);
      for (const [at, table] of tables.entries()) {
        input.signal.throwIfAborted();
        lab.done.add(table.uuid);
        const { rows, scale } = share(table);
        progress(`seeding ${table.name} with ${rows.toLocaleString("en")} rows (${at + 1} of ${tables.length})`);
        const failed = await fillOrdinary(engine, table, {
          rows,
          formats: formatsOf(scale),
          spread: spreadOf(scale, rows),
          becomes: (column) => becomes(input, table.name, column.name),
        });
        if (failed !== null) limits.add(`${table.name} could not be seeded with ordinary rows: ${firstLine(failed)}`);
        const [counted] = await engine.rows<{ rows: number }>(
          `SELECT count() AS rows FROM ${quoteName(table.database)}.${quoteName(table.table)}`,
        );
        lab.seeded.push({ table: table.name, rows: counted?.rows ?? 0, scaledFrom: scale?.rows ?? null });
      }
    },
    close,
  };
  return lab;
}

async function loadDump(engine: EmbeddedClickHouse, dump: string, prepare: Lab["prepare"], limits: Set<string>): Promise<void> {
  let waiting = parseScript(dump).map(({ text }) => text);
  for (;;) {
    const failed: { sql: string; error: ClickHouseError }[] = [];
    for (const sql of waiting) {
      const ready = prepare(sql);
      if ("leftOut" in ready) {
        limits.add(`the schema that the migrations start from: ${ready.leftOut}`);
        continue;
      }
      try {
        await engine.query(ready.sql);
      } catch (error) {
        if (!(error instanceof ClickHouseError)) throw error;
        failed.push({ sql, error });
      }
    }
    if (failed.length === 0) return;
    if (failed.length === waiting.length) {
      for (const { sql, error } of failed)
        limits.add(
          `of the schema that the migrations start from was not loaded: ${firstLine(sql)} (${error.code}: ${firstLine(error.message)})`,
        );
      return;
    }
    waiting = failed.map(({ sql }) => sql);
  }
}

function isSeedable(table: TableFacts): boolean {
  return hasParts(table) && !table.table.startsWith(".inner");
}

/** As varied and as wide as the profile says. */
export function spreadOf(scale: TableScale | null, rows: number): (column: ColumnFacts, position: number) => Spread {
  return (column, position) => {
    const known = scale?.columns.find((candidate) => candidate.column === column.name);
    return {
      distinct: known?.distinct ?? (column.type.startsWith("LowCardinality") ? 100 : rows),
      nulls: known?.nullFraction ?? 0.1,
      salt: position,
      width: known?.averageBytes ?? 10,
    };
  };
}

export function formatsOf(scale: TableScale | null): readonly PartFormat[] {
  const [wide, compact] = [scale?.wideParts ?? 0, scale?.compactParts ?? 0];
  if (wide > 0 && compact === 0) return ["wide"];
  if (compact > 0 && wide === 0) return ["compact"];
  return ["wide", "compact"];
}

/** Rows per table: the profile's, scaled down so that all together have no more than `maxRows`. */
function shares(
  tables: readonly TableFacts[],
  input: ClickHouseRehearseInput,
): (table: TableFacts) => { readonly rows: number; readonly scale: TableScale | null } {
  const known = new Map(tables.map((table) => [table.name, scaleOf(input, table.name)]));
  const total = [...known.values()].reduce((sum, scale) => sum + (scale?.rows ?? 0), 0);
  const factor = Math.min(1, input.maxRows / Math.max(1, total));
  const without = Math.min(WITHOUT_PROFILE, Math.max(LEAST, Math.floor(input.maxRows / Math.max(1, tables.length))));
  return ({ name }) => {
    const scale = known.get(name) ?? null;
    const there = scale?.rows ?? null;
    return { scale, rows: there === null ? without : Math.max(Math.min(LEAST, Math.max(20, there)), Math.round(there * factor)) };
  };
}

/** What one replica of one shard holds is what one server has to do; the largest of them decides. */
export function scaleOf({ environment }: Pick<ClickHouseRehearseInput, "environment">, table: string): TableScale | null {
  let found: TableScale | null = null;
  for (const { server, tables } of environment.profiles) {
    if (server.engine !== "clickhouse") continue;
    for (const entry of tables) if (entry.table === table && (entry.rows ?? 0) >= (found?.rows ?? 0)) found = entry;
  }
  return found;
}

/** The type that the judged statements give a column at last. */
export function becomes(input: Pick<ClickHouseRehearseInput, "judged">, table: string, column: string): string | null {
  let type: string | null = null;
  for (const { statement } of input.judged) {
    for (const change of statement.changes) {
      if (change.kind === "modify-column" && change.table === table && change.column === column && change.type !== null)
        type = change.type.text;
    }
  }
  return type;
}
