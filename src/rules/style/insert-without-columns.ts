import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const insertWithoutColumns: Rule = {
  id: "insert-without-columns",
  summary: "an INSERT whose values go by the position of the columns",
  preset: "style",
  database: "postgres",
  // Once per table: a seed may hold thousands of them.
  checkMigration({ statements }) {
    const seen = new Set<string>();
    return statements.flatMap((statement) =>
      changesOf(statement, "write").flatMap(({ table, columns, byPosition }) => {
        if (byPosition !== true || seen.has(table)) return [];
        seen.add(table);
        const names = columns.length === 0 ? "…" : columns.map(sqlName).join(", ");
        return [
          {
            severity: "info" as const,
            statement: statement.statement.index,
            about: table,
            message: `INSERT into ${named(table)} names no columns`,
            label: "values go by position",
            why: "an installation whose columns stand in another order, because they were added in another order, gets the values in the wrong columns or an error",
            help: `name them: \`INSERT INTO ${sqlTable(table)} (${names}) …\``,
            evidence: [],
          },
        ];
      }),
    );
  },
};
