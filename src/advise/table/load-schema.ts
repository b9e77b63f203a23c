import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadClickHouseBeginning, foldDump } from "../../check/clickhouse/beginning.ts";
import { foldClickHouse } from "../../check/clickhouse/fold.ts";
import { forDatabase, loadSources } from "../../check/load-sources.ts";
import type { CheckOptions } from "../../check/options.ts";
import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { emptyClickHouseState } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Problem } from "../../model/migration.ts";
import { AdviseError } from "../errors.ts";
import type { Schema } from "./definition.ts";
import { schemaOf } from "./from-state.ts";

/** A file of CREATE statements. @throws AdviseError */
export async function schemaFromFile(file: string, cwd: string, table: string): Promise<Schema> {
  const path = resolve(cwd, file);
  if (!existsSync(path))
    throw new AdviseError(`${file}: there is no such schema file`, "name a file with the table's CREATE TABLE statement");
  return schemaFromSql(readFileSync(path, "utf8"), file, table);
}

/** @param from how messages name the text; @throws AdviseError */
export async function schemaFromSql(sql: string, from: string, table: string): Promise<Schema> {
  const engine = await loadClickHouse();
  const problems: Problem[] = [];
  const database = table.includes(".") ? table.slice(0, table.indexOf(".")) : "default";
  // Unqualified names are the database's that the table was asked for in.
  const state = foldDump(
    engine,
    database === "default" ? sql : `USE \`${database.replaceAll("`", "")}\`;\n${sql}`,
    from,
    emptyClickHouseState(),
    problems,
  );
  return found(state, table, from, problems);
}

/** The config's ClickHouse migrations, folded. @throws AdviseError, ConfigError */
export async function schemaFromMigrations(options: CheckOptions, table: string): Promise<Schema> {
  const loaded = forDatabase(await loadSources(options), "clickhouse");
  if (loaded.sources.length === 0)
    throw new AdviseError(
      "the project has no ClickHouse migrations to take the table from",
      "give its CREATE TABLE with --schema FILE, or list the migrations: sources: [{ type: sql-dir, path: …, database: clickhouse }]",
    );
  const engine: ClickHouseEngine = await loadClickHouse();
  const beginning = loadClickHouseBeginning(engine, options, loaded.sources, false);
  const folded = foldClickHouse(engine, loaded.migrations, beginning.state, new Map());
  const state = folded.at(-1)?.statements.at(-1)?.after ?? beginning.state;
  const from = `the migrations in ${loaded.sources.map(({ config }) => config.root).join(", ")}`;
  return found(state, table, from, [...beginning.problems, ...loaded.problems]);
}

function found(state: ClickHouseState, table: string, from: string, problems: readonly Problem[]): Schema {
  try {
    return schemaOf(state, table, from);
  } catch (error) {
    const [problem] = problems;
    if (!(error instanceof AdviseError) || problem === undefined) throw error;
    const at = problem.span === null ? "" : ` (${problem.span.file}:${problem.span.line})`;
    throw new AdviseError(
      `${error.message}; ${problems.length} of its statements could not be read: ${problem.message}${at}`,
      error.help,
      3,
    );
  }
}
