import type { JudgedStatement } from "../../model/judged.ts";
import type { Index } from "../../model/schema.ts";
import { bareName } from "../../model/schema.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { groupBy, namedList, named, sentences, sqlName, sqlTable } from "../words.ts";

export const dropColumnDropsIndex: Rule = {
  id: "drop-column-drops-index",
  summary: "a dropped column takes an index along that other columns are looked up by",
  database: "postgres",
  kind: "drop-column",
  check(statement, context) {
    if (context.effects(statement).error !== null) return [];
    const drops = changesOf(statement, "drop-column").filter((change) =>
      context.columnExistedBefore(statement, change.table, change.column),
    );
    return [...groupBy(drops, (change) => change.table)].flatMap(([table, changes]) => {
      const columns = changes.map((change) => change.column);
      const lost = lostIndexes(statement, context, table, columns);
      const [first] = lost;
      if (first === undefined) return [];
      const remaining = keysThatStay(first, columns);
      const unique = lost.filter((index) => index.unique);
      return [
        {
          severity: "warning" as const,
          about: table,
          message: `with ${namedList(columns)} ${named(table)} loses ${lost.length === 1 ? "the index" : "the indexes"} ${namedList(lost.map((index) => bareName(index.name)))}, which also ${lost.length === 1 ? "serves" : "serve"} ${namedList(remaining)}`,
          label: "an index of several columns goes with any of them",
          why: sentences(
            `Postgres drops an index as soon as one of its columns goes, and says nothing. Queries that find rows by ${namedList(remaining)} read the whole table from then on.`,
            unique.length > 0 &&
              `${namedList(unique.map((index) => bareName(index.name)))} also kept rows unique: nothing does so afterwards.`,
          ),
          help: `before the column goes, an index of the columns that stay, outside of a transaction: \`CREATE INDEX CONCURRENTLY ON ${sqlTable(table)} (${remaining.map(sqlName).join(", ")});\``,
          evidence: [context.sizeEvidence(table)],
        },
      ];
    });
  },
};

/** Indexes of several columns that go, whose first remaining columns no other index begins with. */
function lostIndexes(statement: JudgedStatement, context: RuleContext, table: string, columns: readonly string[]): readonly Index[] {
  const indexes = context.table(statement, table)?.indexes ?? [];
  const goes = (index: Index): boolean => index.mentions.some((column) => columns.includes(column));
  const stay = indexes.filter((index) => !goes(index) && index.predicate === null);
  return indexes.filter((index) => {
    const keys = keysThatStay(index, columns);
    if (!goes(index) || keys.length === 0) return false;
    return !stay.some((other) => keys.every((key, at) => other.columns[at] === key));
  });
}

function keysThatStay(index: Index, columns: readonly string[]): readonly string[] {
  return index.columns.filter((column): column is string => column !== null && !columns.includes(column));
}
