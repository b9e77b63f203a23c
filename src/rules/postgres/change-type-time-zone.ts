import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { named, sayTo, sentences, sqlName, sqlTable, typeName } from "../words.ts";

const ZONED = "timestamp with time zone";
const PLAIN = "timestamp without time zone";

export const changeTypeTimeZone: Rule = ruleFor("change-type", {
  id: "change-type-time-zone",
  summary: "timestamp to timestamptz rewrites the table, unless the session's time zone is UTC",
  check(change, statement, context) {
    const { table, column } = change;
    const old = context.column(statement, table, column)?.type;
    if (old === undefined || old.dimensions > 0 || change.type.dimensions > 0) return null;
    const pair = [old.name, change.type.name].sort().join();
    if (pair !== [PLAIN, ZONED].sort().join() || old.modifiers.join() !== change.type.modifiers.join()) return null;
    const work = workOn(statement, context, table, change);
    const [first] = work;
    // Under UTC the rows stay as they are, and building the indexes again is told as for any other type.
    if (first === undefined || !work.some(({ kind }) => kind === "rewrite")) return null;
    const tables = work.map((item) => item.table);
    const indexed = context.table(statement, table)?.indexes.some(({ mentions }) => mentions.includes(column)) === true;
    const zone = statement.before.session.timeZone;
    const to = typeName(change.type);
    const sql = [
      `BEGIN;`,
      `SET LOCAL timezone = 'UTC';`,
      `ALTER TABLE ${sqlTable(table)} ALTER COLUMN ${sqlName(column)} TYPE ${to};`,
      `COMMIT;`,
    ].join("\n");
    return {
      severity: worstSeverity(context, tables),
      about: `${table}.${column}`,
      message: `changing ${named(column)} of ${named(table)} from ${typeName(old)} to ${to} rewrites the table, because the session's time zone is ${zone === null ? "not known to be" : `${zone} and not`} UTC`,
      label: "under UTC no row is touched",
      why: sentences(
        whoWaits(context, first),
        change.using !== null && "With USING Postgres cannot know that the stored value stays the same.",
        indexed && `Its indexes are built again under UTC too.`,
        "The values are shifted by the session's time zone: which one a deploy has is chance, and another one means other points in time.",
      ),
      help: sayTo(statement, {
        sql: `if the values are UTC, which is the only zone in which nothing is written (Postgres 12 and newer), say so in the same transaction${change.using === null ? "" : " and leave USING out"}:\n${sql}\n-- if they are local times of another zone: a second column, filled in batches with ${sqlName(column)} AT TIME ZONE '…'`,
        django: `if the values are UTC, put \`migrations.RunSQL("SET LOCAL timezone = 'UTC'", migrations.RunSQL.noop)\` before the operation, in the same migration; it then runs\n${sql}`,
      }),
      evidence: workEvidence(statement, context, tables),
      supersedes: [...GENERIC_WORK, "change-type-rewrite"],
    };
  },
});
