import { withCondition, type Batchable } from "../../engines/postgres/batch/index.ts";
import { nextToken } from "../../engines/postgres/parse/lexer.ts";
import { sqlName, sqlTable } from "../../text/sql-name.ts";
import type { BackfillStep } from "../types.ts";
import type { BatchQueries } from "./contract.ts";

/** Rows per batch where the plan leaves it to be steered: a tool's own migration cannot steer. */
const ROWS = 5000;
/** Rest after each batch, seconds: replicas and vacuum keep up. */
const REST_SECONDS = 0.02;

/**
 * A backfill as one statement that any tool can send outside of a transaction: it walks the key in ranges and commits after each. Run
 * again after an interruption, it meets rows that are done once more, which does no harm: the statement says which are to be done.
 * @param key columns of the key that is walked
 */
export function loopOf(step: BackfillStep, batch: Batchable, key: readonly string[]): string {
  const table = sqlTable(step.table);
  const columns = key.map(sqlName);
  const list = columns.join(", ");
  const [from, to] = [names("from", key), names("to", key)];
  const rows = step.batch ?? ROWS;
  const own = columns.map((column) => `${sqlName(batch.alias)}.${column}`);
  // With its own LIMIT the statement shows to whoever reads it that it never holds more rows than a batch; rows that come into the
  // range meanwhile are the ones that the plan's trigger or default looks after.
  const range = `${tuple(own)} IN (SELECT ${list} FROM ${table} WHERE ${tuple(columns)} >= ${tuple(from)} AND ${tuple(columns)} <= ${tuple(to)} ORDER BY ${list} LIMIT ${rows})`;
  return [
    "DO $tread$",
    "#variable_conflict use_column",
    "DECLARE",
    ...[...from.map((name, i) => [name, columns[i]]), ...to.map((name, i) => [name, columns[i]])].map(
      ([name = "", column = ""]) => `  ${name} ${table}.${column}%TYPE;`,
    ),
    "BEGIN",
    `  SELECT ${list} INTO ${from.join(", ")} FROM ${table} ORDER BY ${list} LIMIT 1;`,
    `  WHILE ${from[0] ?? ""} IS NOT NULL LOOP`,
    `    SELECT ${list} INTO ${to.join(", ")}`,
    `      FROM (SELECT ${list} FROM ${table} WHERE ${tuple(columns)} >= ${tuple(from)} ORDER BY ${list} LIMIT ${rows}) AS tread_batch`,
    `     ORDER BY ${columns.map((column) => `${column} DESC`).join(", ")} LIMIT 1;`,
    ...indented(`${withCondition(batch, range)};`, "    "),
    "    COMMIT;",
    `    PERFORM pg_sleep(${REST_SECONDS});`,
    `    SELECT ${list} INTO ${from.join(", ")} FROM ${table} WHERE ${tuple(columns)} > ${tuple(to)} ORDER BY ${list} LIMIT 1;`,
    "  END LOOP;",
    "END",
    "$tread$",
  ].join("\n");
}

/** The same walk as single queries. */
export function queriesOf(step: BackfillStep, batch: Batchable, key: readonly string[]): BatchQueries {
  const table = sqlTable(step.table);
  const columns = key.map(sqlName);
  const list = columns.join(", ");
  const rows = step.batch ?? ROWS;
  const own = columns.map((column) => `${sqlName(batch.alias)}.${column}`);
  const values = tuple(columns.map(() => MARK));
  const range = `${tuple(own)} IN (SELECT ${list} FROM ${table} WHERE ${tuple(columns)} >= ${values} AND ${tuple(columns)} <= ${values} ORDER BY ${list} LIMIT ${rows})`;
  const spelled = (sql: string): string => sql.replaceAll("%", "%%").replaceAll(MARK, "%s");
  return {
    first: `SELECT ${list} FROM ${table} ORDER BY ${list} LIMIT 1`,
    last: spelled(
      `SELECT ${list} FROM (SELECT ${list} FROM ${table} WHERE ${tuple(columns)} >= ${values} ORDER BY ${list} LIMIT ${rows}) AS tread_batch ORDER BY ${columns.map((column) => `${column} DESC`).join(", ")} LIMIT 1`,
    ),
    change: spelled(withCondition(batch, range)),
    next: spelled(`SELECT ${list} FROM ${table} WHERE ${tuple(columns)} > ${values} ORDER BY ${list} LIMIT 1`),
  };
}

/** Stands where a value comes, until the statement's own percent signs are doubled. */
const MARK = "\u0000";

function names(end: "from" | "to", key: readonly string[]): readonly string[] {
  return key.length === 1 ? [`tread_${end}`] : key.map((_, i) => `tread_${end}_${i + 1}`);
}

function tuple(columns: readonly string[]): string {
  return columns.length === 1 ? (columns[0] ?? "") : `(${columns.join(", ")})`;
}

/** Lines of a statement, as deep as the code around it; with a string that spans lines it stays as it is. */
function indented(sql: string, by: string): readonly string[] {
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end))
    if (token.kind !== "comment" && sql.slice(token.start, token.end).includes("\n")) return [sql];
  return sql.split("\n").map((line) => `${by}${line}`);
}
