import type { Change } from "../../model/change.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { notNullInStages } from "../advice.ts";
import type { Hazard, Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { givesValue, list, named, sayTo, sentences } from "../words.ts";

export const setNotNull: Rule = {
  id: "set-not-null",
  summary: "NOT NULL on a column that has rows: a scan under ACCESS EXCLUSIVE, and an error for versions that write NULL",
  database: "postgres",
  kinds: ["set-not-null", "add-constraint"],
  check(statement, context) {
    const targets = [
      ...changesOf(statement, "set-not-null").map((change) => ({ table: change.table, column: change.column, change })),
      ...changesOf(statement, "add-constraint").flatMap((change) =>
        change.constraint.kind === "not-null" ? change.constraint.columns.map((column) => ({ table: change.table, column, change })) : [],
      ),
    ];
    return targets.flatMap(({ table, column, change }) => {
      const hazard = judge(statement, context, change, table, column);
      return hazard === null ? [] : [hazard];
    });
  },
};

function judge(statement: JudgedStatement, context: RuleContext, change: Change, table: string, column: string): Hazard | null {
  if (!context.existedBefore(statement, table)) return null;
  const work = workOn(statement, context, table, change).filter((item) => item.kind === "scan");
  const breaks = context.breaks(statement).filter((query) => query.use === "certain");
  const versions = [...new Set(breaks.map((query) => query.version))];
  const unfilled = neverFilled(statement, context, table, column);
  if (work.length === 0 && breaks.length === 0 && !unfilled) return null;
  const tables = work.length === 0 ? [table] : work.map((item) => item.table);
  const [first] = work;
  const before =
    unfilled || breaks.length > 0 ? "first release a version that always fills the column, and wait until the old one is gone. Then " : "";
  return {
    severity: breaks.length > 0 || unfilled ? "error" : worstSeverity(context, tables),
    about: `${table}.${column}`,
    message:
      breaks.length > 0 || unfilled
        ? `${named(column)} of ${named(table)} becomes NOT NULL while a version that serves leaves it NULL`
        : `NOT NULL on ${named(column)} reads every row of ${named(table)} under a lock`,
    label: breaks.length > 0 || unfilled ? "a write that leaves it NULL fails from here on" : "proved by reading every row",
    why: sentences(
      breaks.length > 0 &&
        `Writes of ${list(versions)} leave the column NULL: they fail with SQLSTATE 23502 until its last server is gone.`,
      unfilled &&
        "The column is new in this release and has no default in the database: INSERTs of the version before it do not name it and fail with SQLSTATE 23502.",
      first !== undefined && whoWaits(context, first),
      first !== undefined &&
        "Postgres skips the scan only when a validated CHECK (… IS NOT NULL) proves it (12 and newer); one that is still NOT VALID does not.",
    ),
    help: sayTo(statement, {
      sql: `${before}let the scan run under a lock that lets reads and writes through:\n${notNullInStages(context, table, column)}`,
      django: `${before}in a migration with \`atomic = False\`, through \`migrations.RunSQL(…, state_operations=[migrations.AlterField(…)])\`:\n${notNullInStages(context, table, column)}`,
    }),
    evidence: [...context.breakEvidence(breaks), ...workEvidence(statement, context, tables)],
    liveVersions: versions,
    supersedes: breaks.length > 0 ? [...GENERIC_WORK, "breaks-live-version"] : GENERIC_WORK,
  };
}

/** Added by this very release and left without a default: no version that serves now can fill it. */
function neverFilled(statement: JudgedStatement, context: RuleContext, table: string, name: string): boolean {
  if (context.liveVersions.length > 0 || context.columnExistedBefore(statement, table, name)) return false;
  const column = context
    .visibleAfter(statement)
    .relations.get(table)
    ?.columns.find((candidate) => candidate.name === name);
  return column !== undefined && !givesValue(column.default) && column.identity === null && column.generated === null;
}
