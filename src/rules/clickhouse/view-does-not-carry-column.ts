import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseChanges } from "./rule.ts";
import { named, sqlTable } from "./words.ts";

export const viewDoesNotCarryColumn: ClickHouseRule = {
  id: "view-does-not-carry-column",
  summary: "a column added at both ends of a materialized view that does not select it: its values never arrive",
  kinds: ["add-column"],
  check(statement, context): readonly ClickHouseHazard[] {
    const { end } = context;
    if (end === null) return [];
    return clickHouseChanges(statement, "add-column").flatMap(({ table, column }) =>
      context
        .graph(end)
        .into(table)
        .flatMap((view): readonly ClickHouseHazard[] => {
          const source = view.select?.reads[0]?.table;
          const { outputs, star } = view.select ?? { outputs: null, star: false };
          if (source === undefined || outputs === null || star || outputs.some(({ name }) => name === column.name)) return [];
          const given = end.tables.get(source)?.columns.some(({ name }) => name === column.name) === true;
          const inRelease = context.release.some((one) =>
            clickHouseChanges(one, "add-column").some((change) => change.table === source && change.column.name === column.name),
          );
          if (!given || !inRelease || column.default?.kind === "MATERIALIZED" || column.default?.kind === "ALIAS") return [];
          return [
            {
              severity: "error",
              about: `${view.name} ${column.name}`,
              message: `${named(view.name)} does not select ${named(column.name)}, which is added to its source ${named(source)} and to its target ${named(table)}: the value never arrives`,
              label: "the target fills in its default",
              why: "A view with a list of columns passes on what the list names. Inserts succeed, and the new column holds its default in every row.",
              help: `after both columns are there: \`ALTER TABLE ${sqlTable(view.name)} MODIFY QUERY …\` with ${named(column.name)} in its list`,
              evidence: [],
              covers: context.silents(statement).filter(({ columns }) => columns?.includes(column.name) === true),
            },
          ];
        }),
    );
  },
};
