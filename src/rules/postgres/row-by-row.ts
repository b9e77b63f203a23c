import type { JudgedStatement } from "../../model/judged.ts";
import type { Severity } from "../../model/report.ts";
import { batchedUpdate, keyOf } from "../advice.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { rowsOf } from "../work.ts";
import { groupBy, named, sayTo, sentences, sqlName, sqlTable } from "../words.ts";
import type { GrowingWrite } from "../writes.ts";
import { growingWrites } from "../writes.ts";

export const rowByRow: Rule = {
  id: "row-by-row",
  summary: "code that goes through all rows, or an UPDATE or DELETE without a bound",
  database: "postgres",
  check(statement, context) {
    return [...groupBy(growingWrites(statement, context), (write) => write.table).values()].flatMap((writes) => {
      const hazard = judge(statement, context, writes);
      return hazard === null ? [] : [hazard];
    });
  },
};

function judge(statement: JudgedStatement, context: RuleContext, writes: readonly GrowingWrite[]): Hazard | null {
  const write = writes.find((candidate) => !candidate.batched) ?? writes[0];
  if (write === undefined) return null;
  // In slices, each committed: that is the recommended form.
  if (write.batched && statement.statement.transaction === null) return null;
  const { table, driven } = write;
  const rows = rowsOf(context, driven);
  return {
    severity: severityOf(context, write),
    about: table,
    message: messageOf(write, rows),
    label: write.batched ? "the slices share one transaction" : write.perRow ? "one statement per row" : "no bound on the rows it touches",
    why: sentences(
      statement.statement.transaction === null || write.batched
        ? null
        : "It shares a transaction with the rest, so all of that commits at once or is lost at once.",
      write.batched
        ? "Slices inside one transaction release nothing until the last one: all row locks and all dead rows stay until it commits."
        : `Every row it touches stays locked until it has touched the last: other writers of these rows wait as long, and vacuum can clean up nothing meanwhile.`,
      write.perRow && !write.batched && "One round trip per row makes it longer still.",
    ),
    help: help(statement, context, write),
    evidence: [context.sizeEvidence(driven), ...context.evidence(statement, [table])],
  };
}

function severityOf(context: RuleContext, write: GrowingWrite): Severity {
  if (context.workSeverity(write.driven) === "info") return "info";
  // INSERT … SELECT locks no row that anybody else writes; where an index helps, the data decides how many rows are locked.
  return write.batched || !write.everyRow || write.verb === "insert" || write.verb === "copy" ? "warning" : "error";
}

function messageOf(write: GrowingWrite, rows: string): string {
  const { table, driven } = write;
  if (write.batched) return `a batched ${write.verb} of ${named(table)} runs inside one transaction`;
  if (write.perRow) return `code goes through ${named(driven)} row by row (${rows})`;
  const verb = write.verb.toUpperCase();
  if (driven !== table) return `${verb} into ${named(table)} copies from ${named(driven)} without a bound (${rows})`;
  return write.wholeTable
    ? `${verb} of the whole of ${named(table)} in one statement (${rows})`
    : `${verb} on ${named(table)} without a bound on its rows`;
}

function help(statement: JudgedStatement, context: RuleContext, write: GrowingWrite): string {
  const key = keyOf(statement, context, write.driven);
  const [t, k] = [sqlTable(write.table), sqlName(key)];
  const sql =
    write.verb === "delete"
      ? `DELETE FROM ${t} WHERE ${k} IN (SELECT ${k} FROM ${t} WHERE … ORDER BY ${k} LIMIT 5000);\n-- again, each time in a transaction of its own, until it says DELETE 0`
      : batchedUpdate(
          write.driven,
          write.columns.length === 0 ? "…" : write.columns.map((column) => `${sqlName(column)} = …`).join(", "),
          "…",
          key,
        );
  return sayTo(statement, {
    sql: `in batches of a few thousand rows, each in a transaction of its own, with a pause between them; for millions of rows as a job beside the deploy, not in it:\n${sql}`,
    django: `in a migration of its own with \`atomic = False\`: take the next few thousand primary keys, change them with one \`.filter(pk__in=…).update(…)\` or \`bulk_update\`, and repeat until none is left; for millions of rows as a job beside the deploy. In SQL:\n${sql}`,
  });
}
