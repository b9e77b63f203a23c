import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isText } from "./types.ts";
import { named } from "./words.ts";

export const distributedTypeMismatch: ClickHouseRule = clickHouseRuleFor(["create-table", "modify-column", "add-column"], {
  id: "distributed-type-mismatch",
  summary: "a Distributed table and the local one disagree about a type: values are cast without a word",
  check(change, statement, context): readonly ClickHouseHazard[] {
    const { end } = context;
    const table = change.kind === "create-table" ? change.table.name : change.table;
    const made = statement.after.tables.get(table);
    if (made === undefined || end === null || context.effectsOf(statement, change).error !== null) return [];
    const pairs =
      made.forwards?.kind === "distributed" && made.forwards.table !== null
        ? [{ over: table, local: made.forwards.table }]
        : context
            .graph(end)
            .distributedOver(table)
            .map(({ name }) => ({ over: name, local: table }));
    const about = change.kind === "modify-column" ? change.column : change.kind === "add-column" ? change.column.name : null;
    return pairs.flatMap(({ over, local }) => {
      // What a later statement of the release puts right is right when it is done.
      const [a, b] = [end.tables.get(over), end.tables.get(local)];
      if (a === undefined || b === undefined) return [];
      return a.columns.flatMap(({ name, type, typeKnown }): readonly ClickHouseHazard[] => {
        const there = b.columns.find((column) => column.name === name);
        if (there === undefined || !typeKnown || !there.typeKnown || (about !== null && name !== about)) return [];
        const [x, y] = [bareType(type), bareType(there.type)];
        // Nullable and LowCardinality around the same type lose nothing but NULL.
        if (x.text === y.text || (isText(x) && isText(y))) return [];
        return [
          {
            severity: "error",
            about: `${over} ${name}`,
            message: `${named(name)} is ${type.text} in ${named(over)} and ${there.type.text} in ${named(local)}: values are cast, and may become others`,
            label: "no error, other values",
            why: "What is read through the Distributed table is converted to its own type: a UInt64 of 1000 read as Int8 is -24. What is written is converted the other way.",
            help: "the same type in both: change the local tables first, then the Distributed ones, in one plan",
            evidence: [],
            covers: context.silents(statement),
          },
        ];
      });
    });
  },
});
