import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import type { ObjectName, ParsedStatement } from "../../engines/clickhouse/parse/ast.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import { hasParts, quoted, readCatalogue, type TableFacts } from "./catalogue.ts";
import { castsOf } from "./observe/casts.ts";
import type { Declared } from "./observe/declared.ts";
import { type Seen, seeStatement } from "./observe/statement.ts";
import { fillBoundary } from "./seed/fill.ts";

const DATABASE = "tread_twin";

/** Where the name of the statement's own table stands; null for a statement that is not about the rows of one table. */
export function ownTable({ statement }: ParsedStatement): ObjectName | null {
  switch (statement.kind) {
    case "alter-table":
    case "delete":
    case "update":
    case "optimize":
      return statement.name;
    default:
      return null;
  }
}

/**
 * Runs an ALTER on a copy of its table that holds the boundary values of every type in wide and compact parts, and nothing else. What goes
 * wrong there can go wrong with somebody's rows; whether it does with the reader's is for the pre-check to say.
 *
 * @param sql the statement as it is sent, of which `parsed` is the tree
 * @returns null where no copy could be made
 * @throws EngineCrashed
 */
export async function seeOnTwin(
  engine: EmbeddedClickHouse,
  options: {
    readonly parsed: ParsedStatement;
    readonly table: TableFacts;
    readonly declared: Declared;
    readonly timeoutMs: number;
    readonly limit: (what: string) => void;
  },
): Promise<Seen | null> {
  const name = ownTable(options.parsed);
  const { table, parsed } = options;
  if (name === null || !hasParts(table)) return null;
  const twin = `${DATABASE}.${table.table}`;
  const copy = { database: DATABASE, table: table.table };
  try {
    await engine.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
    await engine.query(`DROP TABLE IF EXISTS ${quoted(copy)} SYNC`);
    await engine.query(`CREATE TABLE ${quoted(copy)} AS ${quoted(table)}`);
    const failed = await fillBoundary(engine, { ...table, ...copy, name: twin }, ["wide", "compact"]);
    if (failed !== null) options.limit(`boundary values for ${table.name}: not all could be put in (${failed.slice(0, 120)})`);
    const [start, end] = [name.at.start - parsed.at.start, name.at.end - parsed.at.start];
    const sql = `${parsed.text.slice(0, start)}${quoted(copy)}${parsed.text.slice(end)}`;
    const facts = (await readCatalogue(engine, DATABASE)).get(twin);
    if (facts === undefined) return null;
    const [own] = parseScript(sql);
    const casts = own === undefined ? [] : await castsOf(engine, own, DATABASE, new Map([[twin, facts]]));
    const seen = await seeStatement(engine, {
      sql,
      declared: { ...options.declared, table: twin },
      watch: [twin],
      database: DATABASE,
      timeoutMs: options.timeoutMs,
      unreadable: new Set(),
      limit: options.limit,
    });
    return seen.class === "refused" ? seen : { ...seen, damage: [...seen.damage, ...casts] };
  } catch (error) {
    if (error instanceof ClickHouseError) return null;
    throw error;
  } finally {
    if (engine.crashed() === null) {
      await engine.query(`KILL MUTATION WHERE database = '${DATABASE}' SYNC`).catch(() => {});
      await engine.query(`DROP TABLE IF EXISTS ${quoted(copy)} SYNC`).catch(() => {});
    }
  }
}
