import { feeds, missingReads, newGaps } from "./chain.ts";
import { isMaterializedView } from "./graph.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named, namedList, sqlTable } from "./words.ts";

export const viewReadsMissingColumn: ClickHouseRule = clickHouseRuleFor(
  ["rename-column", "drop-column", "create-table", "rename-table", "exchange-tables", "drop-table"],
  {
    id: "view-reads-missing-column",
    summary: "a view reads a column that is gone: inserts into its source fail after the source row is written, or reading it fails",
    check(change, statement, context): readonly ClickHouseHazard[] {
      if (context.effectsOf(statement, change).error !== null) return [];
      const names =
        change.kind === "create-table"
          ? [change.table.name]
          : change.kind === "exchange-tables"
            ? [change.name, change.with]
            : change.kind === "rename-table"
              ? [change.to]
              : [change.kind === "drop-table" ? change.name : change.table];
      const graph = context.graph(statement.after);
      const views = names.flatMap((name) => [...feeds(name, graph), ...graph.viewsOver(name)]);
      const gaps = newGaps(missingReads, [...new Set(views)], statement.before, statement.after);
      const byView = new Map(gaps.map(({ view }) => [view.name, gaps.filter((gap) => gap.view.name === view.name)]));
      return [...byView].flatMap(([name, own]): readonly ClickHouseHazard[] => {
        const [first] = own;
        if (first === undefined) return [];
        const writes = isMaterializedView(first.view);
        return [
          {
            severity: "error",
            about: name,
            message: `${named(name)} reads ${namedList(own.map(({ column }) => column))} of ${named(first.table)}, which ${own.length === 1 ? "is" : "are"} gone: ${writes ? "inserts into it fail" : "reading it fails"}`,
            label: "code 47 from here on",
            why: writes
              ? "The server allows it. The next INSERT fails with code 47 in the view, after the row is in the source already: the client repeats it, and the row is there twice."
              : "The view keeps its query as it was written: every SELECT from it fails with code 47.",
            help: writes
              ? `add the new column, write both, \`ALTER TABLE ${sqlTable(name)} MODIFY QUERY …\` to read the new one, then take the old one away`
              : `\`CREATE OR REPLACE VIEW ${sqlTable(name)} AS …\` in the same migration, before the column goes`,
            evidence: [
              {
                kind: "error",
                text: `code 47: ${named(first.column)} in ${writes ? "an INSERT through" : "a SELECT from"} ${named(name)}`,
                from: "static",
                value: { code: 47 },
              },
            ],
            covers: context.silents(statement),
          },
        ];
      });
    },
  },
);
