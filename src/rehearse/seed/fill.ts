import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";
import type { Environment } from "../../model/environment.ts";
import { bulkInsert, isBulk } from "./bulk.ts";
import { type Catalogue, readCatalogue, type TableInfo } from "./catalogue.ts";
import { STYLES } from "./columns.ts";
import type { SeedHints } from "./hints.ts";
import { fillLate } from "./late.ts";
import { inOrder, type OrderedTable } from "./order.ts";
import { leavesOf, type LeafDemand } from "./partitions.ts";
import { planTable, type TablePlan } from "./plan.ts";
import { targets, type TableTarget } from "./sizes.ts";

export interface SeededTable {
  readonly table: string;
  /** Rows it holds now, those of the migrations included. */
  readonly rows: number;
  readonly scaledFrom: number | null;
  /** Why it has none, or fewer than it should; null when all is well. */
  readonly trouble: string | null;
  /** SQL that gives fresh rows from `first` on, which no row of the table equals; null when none could be made. */
  readonly fresh: FreshRows | null;
}

export interface FreshRows {
  readonly columns: readonly string[];
  readonly sql: (count: number) => string;
}

export interface SeedOptions {
  readonly environment: Environment;
  readonly maxRows: number;
  readonly hints: SeedHints;
  readonly signal: AbortSignal;
  /** tread's own connection to the same database; with it large tables are filled several times faster. */
  readonly superuser?: Client;
  /** Leave tables alone that hold rows: for what a release has created in a database that is in use. */
  readonly onlyEmpty?: boolean;
  /** Tables that are a tool's own record and must hold only what the tool wrote. */
  readonly skip?: (table: string) => boolean;
  /** Neighbouring rows get values that are far apart, as in a table that is in use: sorted input would make an index build look cheap. */
  readonly scattered?: boolean;
  readonly onTable?: (table: string, done: number, of: number) => void;
}

/**
 * Fills every table of the database with made-up rows that satisfy its constraints. The connection must run with
 * `session_replication_role = replica`, so that user triggers do not run and references may be filled in any order: rows are made to
 * satisfy them.
 */
export async function seed(client: Client, options: SeedOptions): Promise<SeededTable[]> {
  const catalogue = await readCatalogue(client);
  const wanted = targets(catalogue, options.environment, options.maxRows);
  const all = inOrder(catalogue, options.hints).filter(({ table }) => options.skip?.(table.name) !== true);
  const ordered =
    options.onlyEmpty === true
      ? all.filter(({ table }) => existing({ catalogue, rows: new Map(catalogue.tables.map((t) => [t.oid, t.rows])) }, table) === 0)
      : all;
  if (ordered.length === 0) return [];
  const rows = new Map(catalogue.tables.map((table) => [table.oid, table.rows]));
  const seeded: SeededTable[] = [];
  for (const [i, entry] of ordered.entries()) {
    options.signal.throwIfAborted();
    options.onTable?.(entry.table.name, i, ordered.length);
    const target = wanted.get(entry.table.oid) ?? { rows: 200, scaledFrom: null, scale: null };
    seeded.push(
      await fillTable(
        client,
        { catalogue, hints: options.hints, rows, superuser: options.superuser ?? null, scattered: options.scattered === true },
        entry,
        target,
      ),
    );
  }
  const late = await fillLate(client, catalogue, ordered, rows);
  const filled = new Set(ordered.map(({ table }) => table.oid));
  const touched = catalogue.tables.filter((table) => filled.has(rootOf(catalogue, table).oid));
  await setSequences(client, touched);
  await analyze(client, touched);
  return seeded.map((table) => {
    const trouble = late.get(table.table);
    return trouble === undefined ? table : { ...table, trouble };
  });
}

interface Context {
  readonly catalogue: Catalogue;
  readonly hints: SeedHints;
  readonly rows: Map<number, number>;
  readonly superuser: Client | null;
  readonly scattered: boolean;
}

async function fillTable(client: Client, context: Context, entry: OrderedTable, target: TableTarget): Promise<SeededTable> {
  const { table } = entry;
  const there = existing(context, table);
  const missing = Math.max(0, target.rows - there);
  const base = { table: table.name, scaledFrom: target.scaledFrom };
  const leaves = table.kind === "partitioned-table" ? leavesOf(context.catalogue, table) : [];
  if (table.kind === "partitioned-table" && leaves.length === 0) return { ...base, rows: 0, trouble: "it has no partitions", fresh: null };
  const places: { table: TableInfo; demands: readonly LeafDemand[]; trouble: string | null }[] =
    leaves.length > 0 ? leaves : [{ table, demands: [], trouble: null }];
  const hash = table.partitionKey?.strategy === "hash";
  let made = 0;
  let trouble: string | null = null;
  let fresh: FreshRows | null = null;
  let next = there + 1;
  for (const [i, place] of places.entries()) {
    const share = Math.floor(missing / places.length) + (i < missing % places.length ? 1 : 0);
    // Fresh rows for traffic are wanted even where the table is full already.
    const filled =
      place.trouble ??
      (await fillPlace(
        client,
        context,
        entry,
        hash ? table : place.table,
        { ...target, rows: Math.max(1, share) },
        place.demands,
        next,
        share,
      ));
    if (typeof filled === "string") {
      trouble = filled;
      continue;
    }
    next = filled.next;
    made += filled.inserted;
    context.rows.set(place.table.oid, (context.rows.get(place.table.oid) ?? 0) + filled.inserted);
    fresh ??= filled.fresh;
  }
  if (table.kind === "partitioned-table") context.rows.set(table.oid, there + made);
  const rows = there + made;
  return { ...base, rows, trouble: rows === 0 ? (trouble ?? "no made-up row passed its constraints") : trouble, fresh };
}

function existing(context: Pick<Context, "catalogue" | "rows">, table: TableInfo): number {
  if (table.kind === "table") return context.rows.get(table.oid) ?? 0;
  return context.catalogue.tables.filter((t) => t.parent === table.oid).reduce((sum, part) => sum + existing(context, part), 0);
}

async function fillPlace(
  client: Client,
  context: Context,
  entry: OrderedTable,
  place: TableInfo,
  target: TableTarget,
  demands: readonly LeafDemand[],
  first: number,
  share: number,
): Promise<{ readonly inserted: number; readonly next: number; readonly fresh: FreshRows | null } | string> {
  const chosen = await choosePlan(client, context, entry, place, target, demands, first);
  if (typeof chosen === "string") return chosen;
  const { plan, passing } = chosen;
  const count = Math.min(share, plan.most);
  const list = plan.columns.map(quoteIdentifier).join(", ");
  let inserted = 0;
  let at = first;
  // What the checks filter out is made up for, within reason.
  for (let round = 0; round < 3 && inserted < count; round++) {
    const candidates = Math.min(Math.ceil((count - inserted) / passing) + (passing < 1 ? 10 : 0), 2_000_000);
    const insert = (skip: boolean): string =>
      plan.columns.length === 0
        ? `INSERT INTO ${place.sql} DEFAULT VALUES`
        : `INSERT INTO ${place.sql} (${list}) OVERRIDING SYSTEM VALUE ${plan.rows(at, at + candidates - 1)} LIMIT ${count - inserted}${skip ? " ON CONFLICT DO NOTHING" : ""}`;
    try {
      const bulk =
        round === 0 && context.superuser !== null && isBulk(place, count)
          ? await bulkInsert(client, context.superuser, place, insert(false))
          : null;
      const added = bulk ?? (await insertRows(client, insert, plan.skipConflicts));
      inserted += added;
      at += candidates;
      if (added === 0) break;
    } catch (error) {
      if (inserted === 0) return messageOf(error);
      break;
    }
  }
  const after = at;
  return {
    inserted,
    next: at,
    fresh:
      plan.columns.length === 0
        ? null
        : { columns: plan.columns, sql: (n) => `${plan.rows(after, after + Math.ceil(n / passing) + 9)} LIMIT ${n}` },
  };
}

/** Rows are made so that they do not collide; looking for collisions first costs a third more time, so it is the second try. */
async function insertRows(client: Client, insert: (skip: boolean) => string, mayCollide: boolean): Promise<number> {
  try {
    return (await client.query(insert(false))).rowCount ?? 0;
  } catch (error) {
    const collided = error instanceof Error && "code" in error && (error.code === "23505" || error.code === "23P01");
    if (!collided || !mayCollide) throw error;
    return (await client.query(insert(true))).rowCount ?? 0;
  }
}

/** The first style whose rows all pass the checks, else the one of which most do. */
async function choosePlan(
  client: Client,
  context: Context,
  entry: OrderedTable,
  place: TableInfo,
  target: TableTarget,
  demands: readonly LeafDemand[],
  first: number,
): Promise<{ readonly plan: TablePlan; readonly passing: number } | string> {
  const sample = 60;
  let best: { plan: TablePlan; passing: number } | null = null;
  let trouble = "no made-up row passed its checks";
  for (const style of STYLES) {
    const plan = planTable(context, entry, place, target, demands, style);
    if (typeof plan === "string") return plan;
    if (!plan.filtered) return { plan, passing: 1 };
    try {
      const result = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM (${plan.rows(first, first + sample - 1)}) q`,
      );
      const passing = (result.rows[0]?.count ?? 0) / sample;
      if (passing >= 1) return { plan, passing };
      if (passing > (best?.passing ?? 0)) best = { plan, passing };
    } catch (error) {
      trouble = messageOf(error);
    }
  }
  return best ?? trouble;
}

/** Rows were given their keys, so the sequences behind them must go on after those. */
async function setSequences(client: Client, tables: readonly TableInfo[]): Promise<void> {
  for (const table of tables) {
    for (const column of table.columns) {
      if (!column.identity && !/\bnextval\(/.test(column.default ?? "")) continue;
      const sequence = column.identity ? "pg_get_serial_sequence($1, $2)" : "$3";
      const named = /nextval\('((?:[^']|'')+)'/.exec(column.default ?? "")?.[1]?.replaceAll("''", "'") ?? null;
      try {
        await client.query(
          column.identity
            ? {
                text: `SELECT setval(${sequence}::regclass, greatest(max(${quoteIdentifier(column.name)}), 1)) FROM ${table.sql}`,
                values: [table.sql, column.name],
              }
            : {
                text: `SELECT setval($1::regclass, greatest(max(${quoteIdentifier(column.name)})::bigint, 1)) FROM ${table.sql}`,
                values: [named],
              },
        );
      } catch {
        // A sequence that is shared, cyclic or smaller than the keys: inserts of the traffic then meet a duplicate, which is known as such.
      }
    }
  }
}

function rootOf(catalogue: Catalogue, table: TableInfo): TableInfo {
  const parent = table.parent === null ? undefined : catalogue.tables.find((t) => t.oid === table.parent);
  return parent === undefined ? table : rootOf(catalogue, parent);
}

async function analyze(client: Client, all: readonly TableInfo[]): Promise<void> {
  const tables = all.filter((table) => table.kind === "table");
  for (let at = 0; at < tables.length; at += 50) {
    const names = tables.slice(at, at + 50).map((table) => table.sql);
    await client.query(`ANALYZE ${names.join(", ")}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
