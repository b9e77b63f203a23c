import { batchedUpdate, keyOf } from "../advice.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { givesValue, named, sayTo, sentences, sqlName, sqlTable, typeName } from "../words.ts";

export const addColumnVolatileDefault: Rule = ruleFor("add-column", {
  id: "add-column-volatile-default",
  summary: "adding a column whose default must be computed for every row",
  check(change, statement, context) {
    const { table, column } = change;
    const computed = givesValue(column.default) && column.default.volatility !== "immutable" && column.default.volatility !== "stable";
    if (!computed || change.serial || column.identity !== null || column.generated !== null) return null;
    const work = workOn(statement, context, table, change).filter((item) => item.kind === "rewrite");
    const [first] = work;
    if (first === undefined || !givesValue(column.default)) return null;
    const [t, c] = [sqlTable(table), sqlName(column.name)];
    const key = keyOf(statement, context, table);
    const backfill = batchedUpdate(table, `${c} = ${column.default.sql}`, `${c} IS NULL`, key);
    const tables = work.map((item) => item.table);
    return {
      severity: worstSeverity(context, tables),
      about: `${table}.${column.name}`,
      message: `the default of new column ${named(column.name)} is computed for every row of ${named(table)}, which rewrites the table`,
      label:
        column.default.volatility === "volatile"
          ? "volatile: a new value for every row"
          : "not known to be constant, so Postgres computes it per row",
      why: sentences(
        whoWaits(context, first),
        "A constant default is stored once in the catalog since Postgres 11; a volatile one has to be written into every row, with all indexes built again.",
      ),
      help: sayTo(statement, {
        sql: `three steps, none of which rewrites:\nALTER TABLE ${t} ADD COLUMN ${c} ${typeName(column.type)};\nALTER TABLE ${t} ALTER COLUMN ${c} SET DEFAULT ${column.default.sql};\n${backfill}`,
        django: `add the field with \`null=True\` and without \`db_default\`, set the default for new rows with \`migrations.RunSQL("ALTER TABLE ${t} ALTER COLUMN ${c} SET DEFAULT ${column.default.sql}")\`, and fill old rows in batches in a migration with \`atomic = False\`:\n${backfill}`,
      }),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});
