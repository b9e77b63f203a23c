import type { ClickHouseColumn } from "../../model/clickhouse/schema.ts";
import { silentsOf } from "./predicted.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { bareType, integerRange } from "./types.ts";
import { named } from "./words.ts";

export const defaultOutOfRange: ClickHouseRule = clickHouseRuleFor(["add-column", "modify-column", "create-table"], {
  id: "default-out-of-range",
  summary: "a default that its column cannot hold: it wraps around",
  check(change, statement, context): readonly ClickHouseHazard[] {
    const own = context.column(
      statement,
      change.kind === "create-table" ? "" : change.table,
      change.kind === "modify-column" ? change.column : "",
    );
    const columns: readonly Pick<ClickHouseColumn, "name" | "type" | "default">[] =
      change.kind === "create-table"
        ? change.table.columns
        : change.kind === "add-column"
          ? [change.column]
          : [{ name: change.column, type: change.type ?? own?.type ?? NOTHING, default: change.default }];
    const table = change.kind === "create-table" ? change.table.name : change.table;
    return columns.flatMap(({ name, type, default: given }) => {
      const range = integerRange(bareType(type));
      const constant = given?.expression?.constant ?? null;
      if (range === null || constant?.kind !== "number" || !/^-?\d+$/.test(constant.text)) return [];
      const value = BigInt(constant.text);
      if (value >= range[0] && value <= range[1]) return [];
      return [
        {
          severity: "error",
          about: `${table}.${name}`,
          message: `the default ${constant.text} of ${named(name)} does not fit ${type.text} (${range[0]} to ${range[1]}): it wraps around`,
          label: "accepted as it is",
          why: "The server takes the statement and stores another number: 300 as UInt8 is 44.",
          help: "a type that holds it, or a default that fits",
          evidence: [],
          covers:
            change.kind === "create-table"
              ? context.silents(statement).filter(({ kind }) => kind === "wraps")
              : silentsOf(change, statement, context).filter(({ kind }) => kind === "wraps"),
        },
      ];
    });
  },
});

const NOTHING = { text: "", name: "", inner: [], numbers: [], timeZone: null, enumValues: [], parameters: null };
