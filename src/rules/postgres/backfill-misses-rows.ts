import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { ruleFor, changesOf } from "../rule.ts";
import { givesValue, named, sqlName } from "../words.ts";

export const backfillMissesRows: Rule = ruleFor("write", {
  id: "backfill-misses-rows",
  summary: "a backfill looks for NULL in a column that holds its default: it changes nothing and succeeds",
  check(change, statement, context) {
    if (change.verb !== "update") return null;
    const column = (change.whereNull ?? []).find(
      (name) => change.columns.includes(name) && neverNull(statement, context, change.table, name) !== null,
    );
    if (column === undefined) return null;
    const known = neverNull(statement, context, change.table, column);
    return {
      severity: "error",
      about: `${change.table}.${column}`,
      message: `changes no row: ${named(column)} of ${named(change.table)} is never NULL`,
      label: known ?? "",
      why: `the statement reports success and leaves every row with ${known === "it is NOT NULL" ? "what it has" : "the default"}; whoever reads ${named(column)} afterwards takes that for the value that was to be computed`,
      help: `add the column without a default, fill it, and set the default and NOT NULL afterwards; or go by another condition, such as the key (\`WHERE id > … AND id <= …\`) or \`${sqlName(column)} = <default>\` where no row can have it for another reason`,
      evidence: [],
    };
  },
});

/** Why the column holds no NULL, or null when it may. */
function neverNull(statement: JudgedStatement, context: RuleContext, table: string, name: string): string | null {
  const column = context.column(statement, table, name);
  if (column === null) return null;
  // NOT NULL … NOT VALID (18) holds new rows to it; the old ones are what the backfill is for.
  const waits = context
    .table(statement, table)
    ?.constraints.some(({ kind, validated, columns }) => kind === "not-null" && !validated && columns.includes(name));
  if (waits === true) return null;
  if (column.notNull) return "it is NOT NULL";
  const earlier = context.release.slice(0, context.release.indexOf(statement));
  const added = earlier
    .flatMap((other) => changesOf(other, "add-column"))
    .find((change) => change.table === table && change.column.name === name);
  // The default that a column is added with is in every row that was there; one that is set later is not.
  if (added === undefined || !givesValue(added.column.default)) return null;
  return "it was added with a default, which every row has since";
}
