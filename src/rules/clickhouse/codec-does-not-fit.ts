import type { ClickHouseColumn } from "../../model/clickhouse/schema.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, isFloat, isInteger } from "./types.ts";
import { named } from "./words.ts";

export const codecDoesNotFit: ClickHouseRule = clickHouseRuleFor(["add-column", "modify-column", "create-table"], {
  id: "codec-does-not-fit",
  summary: "a codec made for floats on integers: accepted, and it compresses badly",
  check(change, statement, context): readonly ClickHouseHazard[] {
    if (context.effects(statement).error !== null) return [];
    const columns: readonly Pick<ClickHouseColumn, "name" | "type" | "codec">[] =
      change.kind === "create-table"
        ? change.table.columns
        : change.kind === "add-column"
          ? [change.column]
          : [
              {
                name: change.column,
                codec: change.codec,
                type: change.type ?? context.column(statement, change.table, change.column)?.type ?? UNKNOWN,
              },
            ];
    const table = change.kind === "create-table" ? change.table.name : change.table;
    return columns.flatMap(({ name, type, codec }): readonly ClickHouseHazard[] => {
      const odd = codec?.find((one) => one.name === "Gorilla" || one.name === "FPC")?.name;
      if (odd === undefined || isFloat(bareType(type)) || !isInteger(bareType(type))) return [];
      return [
        {
          severity: "info",
          about: `${table}.${name}`,
          message: `${odd} on ${named(name)} (${type.text}): the codec is made for floats`,
          why: "It is accepted, and integers compress worse with it than without.",
          help: "`CODEC(Delta, ZSTD(1))` or `CODEC(DoubleDelta, ZSTD(1))` for integers that grow, `CODEC(T64, ZSTD(1))` for small ones",
          evidence: [],
        },
      ];
    });
  },
});

const UNKNOWN = { text: "", name: "", inner: [], numbers: [], timeZone: null, enumValues: [], parameters: null };
