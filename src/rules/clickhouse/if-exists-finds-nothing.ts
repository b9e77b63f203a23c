import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { named } from "./words.ts";
import { nearest } from "../../text/nearest.ts";

export const ifExistsFindsNothing: ClickHouseRule = clickHouseRuleFor(
  [
    "drop-column",
    "modify-column",
    "rename-column",
    "clear-column",
    "comment-column",
    "drop-table",
    "drop-index",
    "drop-projection",
    "drop-constraint",
  ],
  {
    id: "if-exists-finds-nothing",
    summary: "IF EXISTS on a name that nothing has: a typing error would go unnoticed",
    check(change, statement, context) {
      if (!change.ifExists || !statement.before.complete) return null;
      if (change.kind === "drop-table") {
        if (statement.before.tables.has(change.name) || statement.before.detached.has(change.name)) return null;
        const meant = nearest(change.name, [...statement.before.tables.keys()]);
        return meant === null ? null : hazard(change.name, meant);
      }
      const table = context.table(statement, change.table);
      if (table === null || !table.columnsKnown) return null;
      const isColumn = "column" in change;
      const name = isColumn ? change.column : change.name;
      const names = isColumn
        ? table.columns.map((column) => column.name)
        : [...table.indexes, ...table.projections, ...table.constraints].map((one) => one.name);
      if (names.includes(name) || (isColumn && names.some((one) => one.startsWith(`${name}.`)))) return null;
      // One that is gone already, or never was here: only a name that is nearly another one is likely a slip.
      const meant = nearest(name, names);
      return meant === null ? null : hazard(`${change.table}.${name}`, meant);
    },
  },
);

function hazard(name: string, meant: string): ReturnType<NonNullable<ClickHouseRule["check"]>>[number] {
  return {
    severity: "warning",
    about: name,
    message: `${named(name)} does not exist, so this does nothing: is ${named(meant)} meant?`,
    label: "IF EXISTS makes this a success",
    why: "IF EXISTS is right where a migration may be run again; it also makes a slip of the pen succeed, and the tool records the migration as done.",
    help: "correct the name; or leave the statement out where the thing is gone on every server",
    evidence: [],
  };
}
