import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sayTo } from "../words.ts";

export const moveIndex: Rule = {
  id: "move-index",
  summary: "moving an index to another tablespace copies it while queries on its table wait",
  database: "postgres",
  kind: "alter-index",
  check(statement, context) {
    return changesOf(statement, "alter-index").flatMap((change) => {
      if (change.action !== "SET TABLESPACE") return [];
      const table = tableOf(statement, change.name);
      if (table === null || !context.existedBefore(statement, table)) return [];
      const small = context.workSeverity(table) === "info";
      return [
        {
          severity: context.workSeverity(table),
          about: change.name,
          message: `index ${named(bareName(change.name))} of ${named(table)} is copied to another tablespace under ACCESS EXCLUSIVE on the index`,
          label: "queries that plan with it wait for the copy",
          why: `the lock is on the index and not on ${named(table)}, but the planner opens every index of a table: almost any query on ${named(table)} waits ${small ? "for a moment" : "until the whole index has been written again"}`,
          help: sayTo(statement, {
            sql: "`REINDEX (TABLESPACE …, CONCURRENTLY) INDEX …;` (Postgres 14 and newer) builds it there while everybody works, outside of a transaction; on 13 build a second one there with CREATE INDEX CONCURRENTLY … TABLESPACE …, and drop the first",
            django:
              '`migrations.RunSQL("REINDEX (TABLESPACE …, CONCURRENTLY) INDEX …")` in a migration with `atomic = False` (Postgres 14 and newer)',
          }),
          evidence: [context.sizeEvidence(table)],
        },
      ];
    });
  },
};

function tableOf(statement: JudgedStatement, index: string): string | null {
  for (const relation of statement.before.relations.values()) {
    if (relation.indexes.some((candidate) => candidate.name === index)) return relation.name;
  }
  return null;
}
