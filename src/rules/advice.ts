import type { JudgedStatement } from "../model/judged.ts";
import { bareName } from "../model/schema.ts";
import type { RuleContext } from "./rule.ts";
import { milliseconds, newName, sqlName, sqlTable } from "./words.ts";

/** Safe forms that more than one rule recommends, as SQL to paste. Each is run by a case of the rule that prints it. */

/**
 * NOT NULL on a column that has rows: the scan runs under a lock that lets reads and writes through.
 * Postgres 18 knows NOT NULL … NOT VALID; before it a validated CHECK is the proof that SET NOT NULL takes instead of a scan (12+).
 */
export function notNullInStages(context: RuleContext, table: string, column: string): string {
  const [t, c] = [sqlTable(table), sqlName(column)];
  if (context.environment.postgres >= 18) {
    const name = sqlName(newName(bareName(table), column, "not_null"));
    return [
      `ALTER TABLE ${t} ADD CONSTRAINT ${name} NOT NULL ${c} NOT VALID;`,
      `-- in a transaction of its own, once no row is NULL`,
      `ALTER TABLE ${t} VALIDATE CONSTRAINT ${name};`,
    ].join("\n");
  }
  const name = sqlName(newName(bareName(table), column, "present"));
  return [
    `ALTER TABLE ${t} ADD CONSTRAINT ${name} CHECK (${c} IS NOT NULL) NOT VALID;`,
    `-- in a transaction of its own, once no row is NULL`,
    `ALTER TABLE ${t} VALIDATE CONSTRAINT ${name};`,
    `-- and then: the validated check is the proof, nothing is scanned`,
    `ALTER TABLE ${t} ALTER COLUMN ${c} SET NOT NULL;`,
    `ALTER TABLE ${t} DROP CONSTRAINT ${name};`,
  ].join("\n");
}

/** A backfill that locks few rows at a time. Run it until it updates none, each run in a transaction of its own. */
export function batchedUpdate(table: string, assignment: string, condition: string, key: string): string {
  const [t, k] = [sqlTable(table), sqlName(key)];
  return [
    `UPDATE ${t} SET ${assignment}`,
    `WHERE ${k} IN (SELECT ${k} FROM ${t} WHERE ${condition} ORDER BY ${k} LIMIT 5000);`,
    `-- again, each time in a transaction of its own, until it says UPDATE 0`,
  ].join("\n");
}

/** The single-column primary key of a table, `id` where the schema does not tell. */
export function keyOf(statement: JudgedStatement, context: RuleContext, table: string): string {
  const key = context.table(statement, table)?.constraints.find((constraint) => constraint.kind === "primary-key");
  return key?.columns.length === 1 && key.columns[0] !== undefined ? key.columns[0] : "id";
}

/** A timeout that keeps within what users may be asked to bear. */
export function lockTimeoutLine(context: RuleContext, hot: boolean): string {
  const timeout = hot ? context.thresholds.stallMs : 2000;
  return `SET lock_timeout = '${milliseconds(timeout).replace(" ", "")}';`;
}
