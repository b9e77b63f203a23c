import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const analyzeAfterChange: Rule = {
  id: "analyze-after-change",
  summary: "statistics are missing after the change until somebody runs ANALYZE",
  database: "postgres",
  kinds: ["change-type", "create-index", "maintenance"],
  check(statement, context) {
    return withoutStatistics(statement, context)
      .filter(({ table }) => context.existedBefore(statement, table) && context.size(table).kind !== "small")
      .filter(({ table }) => !isAnalyzed(table, statement, context))
      .map(({ table, what }) => ({
        severity: "info" as const,
        about: table,
        message: `${what}, and nothing in this release runs ANALYZE on ${named(table)}`,
        label: "plans go by guesses from here on",
        why: "until autovacuum comes around, and on a large table that takes until a tenth of it has changed, the planner guesses: a query that took an index may read the whole table",
        help: `\`ANALYZE ${sqlTable(table)};\` after it, outside of the transaction: it reads a sample and blocks nobody`,
        evidence: [],
      }));
  },
};

interface Lost {
  readonly table: string;
  readonly what: string;
}

function withoutStatistics(statement: JudgedStatement, context: RuleContext): readonly Lost[] {
  const types = changesOf(statement, "change-type")
    .filter(({ table, column }) => context.columnExistedBefore(statement, table, column))
    .map(({ table, column }) => ({ table, what: `the new type of ${named(column)} drops its statistics` }));
  const indexes = changesOf(statement, "create-index")
    .filter(({ index }) => index.columns.includes(null))
    .map(({ table, index }) => ({ table, what: `the expression of index ${named(index.name)} has no statistics yet` }));
  const extended = changesOf(statement, "maintenance").flatMap(({ command, table }) =>
    command === "CREATE STATISTICS" && table !== null ? [{ table, what: "CREATE STATISTICS gathers nothing by itself" }] : [],
  );
  return [...types, ...indexes, ...extended];
}

function isAnalyzed(table: string, statement: JudgedStatement, context: RuleContext): boolean {
  const later = context.release.slice(context.release.indexOf(statement) + 1);
  return later.some((other) =>
    changesOf(other, "maintenance").some(
      (change) => /^ANALYZE|^VACUUM/.test(change.command) && (change.table === table || change.table === null),
    ),
  );
}
