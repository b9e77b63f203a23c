import type { ClickHouseRule } from "./rule.ts";
import { clickHouseChanges } from "./rule.ts";
import { named, sqlName, sqlTable } from "./words.ts";

export const dropAndAddColumn: ClickHouseRule = {
  id: "drop-and-add-column",
  summary: "a column dropped and added again under its name: its values are gone",
  kinds: ["add-column"],
  check(statement, context) {
    return clickHouseChanges(statement, "add-column").flatMap((added) => {
      const name = added.column.name;
      const dropped = [...context.earlier(statement), statement].find((one) =>
        clickHouseChanges(one, "drop-column").some((change) => change.table === added.table && change.column === name),
      );
      const before = dropped === undefined ? null : context.column(dropped, added.table, name);
      if (dropped === undefined || before === null || !context.existedBefore(dropped, added.table)) return [];
      return [
        {
          severity: "error" as const,
          about: `${added.table}.${name}`,
          message: `${named(name)} of ${named(added.table)} is dropped and added again${before.type.text === added.column.type.text ? "" : ` as ${added.column.type.text}`}: every old value becomes the default`,
          label: "a new column of an old name",
          why: "Nothing links the two: the values of the old one are gone with it, without an error.",
          help: `to change the type: \`ALTER TABLE ${sqlTable(added.table)} MODIFY COLUMN ${sqlName(name)} ${added.column.type.text}\`; to begin anew: another name`,
          evidence: [],
          also: [{ span: dropped.statement.span, label: "dropped here" }],
          covers: context.silents(statement).filter(({ columns }) => columns?.includes(name) === true),
        },
      ];
    });
  },
};
