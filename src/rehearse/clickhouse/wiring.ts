import { ClickHouseError, type EmbeddedClickHouse } from "../../engines/clickhouse/embedded/index.ts";
import { hasParts, quoted, quoteName, type TableFacts } from "./catalogue.ts";

/** Who hands rows on to whom, as the engine has it. */
export interface Wiring {
  /** Tables that rows are put into from outside and that hand them on; or that stand alone. */
  readonly roots: readonly string[];
  /** Columns that a materialized view gives and its target has not: their values go nowhere, and nobody says so. */
  readonly dropped: ReadonlyMap<string, readonly string[]>;
  /** Target of each materialized view with TO. */
  readonly targets: ReadonlyMap<string, string>;
}

export async function readWiring(engine: EmbeddedClickHouse, tables: ReadonlyMap<string, TableFacts>): Promise<Wiring> {
  const feeds = await engine.rows<{ source: string; view: string }>(
    `SELECT concat(database, '.', name) AS source, concat(v.1, '.', v.2) AS view FROM system.tables
     ARRAY JOIN arrayZip(dependencies_database, dependencies_table) AS v WHERE database NOT IN ('system', 'tread_before', 'tread_twin')`,
  );
  const targets = readTargets(tables);
  const fed = new Set(targets.values());
  const isSource = new Set(feeds.map(({ source }) => source));
  const forwards = new Set([...tables.values()].flatMap((table) => (table.engine === "Distributed" ? [localOf(table.engineFull)] : [])));
  const roots = [...tables.values()]
    .filter(
      ({ name, engine, table }) =>
        !fed.has(name) &&
        !table.startsWith(".inner") &&
        (engine === "Distributed" || engine === "Null" || isSource.has(name) || (hasParts({ engine }) && !forwards.has(name))),
    )
    .map(({ name }) => name);
  return { roots, targets, dropped: await droppedOutputs(engine, tables, targets) };
}

/** Target of each materialized view with TO. */
export function readTargets(tables: ReadonlyMap<string, TableFacts>): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const table of tables.values()) {
    const target = table.engine === "MaterializedView" ? targetOf(table.create) : null;
    if (target !== null) targets.set(table.name, target);
  }
  return targets;
}

async function droppedOutputs(
  engine: EmbeddedClickHouse,
  tables: ReadonlyMap<string, TableFacts>,
  targets: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const dropped = new Map<string, readonly string[]>();
  for (const [view, target] of targets) {
    const [facts, into] = [tables.get(view), tables.get(target)];
    if (facts === undefined || into === undefined || facts.select === "") continue;
    try {
      const outputs = await engine.rows<{ name: string }>(`DESCRIBE TABLE (${facts.select})`);
      const known = new Set(into.columns.map(({ name }) => name));
      const lost = outputs.map(({ name }) => name).filter((name) => !known.has(name));
      if (lost.length > 0) dropped.set(view, lost);
    } catch (error) {
      // The view's query no longer works: inserts say so.
      if (!(error instanceof ClickHouseError)) throw error;
    }
  }
  return dropped;
}

const NAME = "(?:`(?:[^`\\\\]|\\\\.)*`|[\\w$]+)";
const TARGET = new RegExp(`^CREATE MATERIALIZED VIEW [^(]*? TO (${NAME})\\.(${NAME})`);

function targetOf(create: string): string | null {
  const found = TARGET.exec(create);
  return found === null ? null : `${unquote(found[1] ?? "")}.${unquote(found[2] ?? "")}`;
}

function localOf(engineFull: string): string {
  const [, , database = "", table = ""] = /^Distributed\(('[^']*'), ('[^']*'), ('[^']*')/.exec(engineFull) ?? [];
  return `${unquote(database)}.${unquote(table)}`;
}

function unquote(name: string): string {
  return /^[`']/.test(name) ? name.slice(1, -1) : name;
}

/** A view, a Distributed table, a dictionary: whether it still answers. Null: it does. */
export async function readFailure(engine: EmbeddedClickHouse, table: TableFacts): Promise<ClickHouseError | null> {
  try {
    const columns = table.columns.filter(({ defaultKind }) => defaultKind !== "EPHEMERAL").map(({ name }) => quoteName(name));
    await engine.query(`SELECT ${columns.length === 0 ? "*" : columns.join(", ")} FROM ${quoted(table)} LIMIT 1`, {
      settings: { max_execution_time: 20 },
    });
    return null;
  } catch (error) {
    if (error instanceof ClickHouseError) return error;
    throw error;
  }
}
