import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";
import { silentsOf } from "./predicted.ts";
import type { ClickHouseHazard, ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { keyText, list, named, sqlTable } from "./words.ts";

export const ifNotExistsHidesDifference: ClickHouseRule = clickHouseRuleFor(
  ["add-column", "create-table", "add-constraint", "add-index", "add-projection"],
  {
    id: "if-not-exists-hides-difference",
    summary: "IF NOT EXISTS where something else of that name exists: nothing happens, and nothing says so",
    check(change, statement, context): ClickHouseHazard | null {
      if (!change.ifNotExists) return null;
      const name = change.kind === "create-table" ? change.table.name : change.table;
      const known = context.table(statement, name);
      if (known === null) return null;
      const difference = differenceOf(change, known);
      if (difference === null) return null;
      return {
        severity: "error",
        about: `${change.kind} ${name} ${difference.what}`,
        message: `${difference.what} of ${named(name)} exists already and is another: ${difference.how}`,
        label: "this statement does nothing",
        why: "IF NOT EXISTS compares the name only. The migration succeeds, the tool records it, and the schema is not what the file says: on a new server it will be.",
        help:
          change.kind === "create-table"
            ? `change what is there with ALTER, or create it under another name and EXCHANGE; \`SHOW CREATE TABLE ${sqlTable(name)}\` shows what is there`
            : "say what is to change: MODIFY COLUMN for a column, DROP and ADD for a constraint, index or projection",
        evidence: [],
        covers: silentsOf(change, statement, context),
      };
    },
  },
);

type Change = Parameters<
  Parameters<typeof clickHouseRuleFor<"add-column" | "create-table" | "add-constraint" | "add-index" | "add-projection">>[1]["check"]
>[0];

function differenceOf(change: Change, known: ClickHouseTable): { readonly what: string; readonly how: string } | null {
  switch (change.kind) {
    case "add-column": {
      const { name, type, typeKnown } = change.column;
      const there = known.columns.find((column) => column.name === name);
      if (there === undefined || !typeKnown || !there.typeKnown || there.type.text === type.text) return null;
      return { what: `column ${named(name)}`, how: `${there.type.text}, not ${type.text}` };
    }
    case "add-constraint": {
      const there = known.constraints.find(({ name }) => name === change.constraint.name);
      if (there === undefined || there.expression.sql === change.constraint.expression.sql) return null;
      return {
        what: `constraint ${named(change.constraint.name)}`,
        how: `${there.expression.sql}, not ${change.constraint.expression.sql}`,
      };
    }
    case "add-index": {
      const there = known.indexes.find(({ name }) => name === change.index.name);
      const spell = (index: typeof change.index): string => `${index.expression.sql} TYPE ${index.type}`;
      if (there === undefined || spell(there) === spell(change.index)) return null;
      return { what: `index ${named(change.index.name)}`, how: `${spell(there)}, not ${spell(change.index)}` };
    }
    case "add-projection": {
      const there = known.projections.find(({ name }) => name === change.projection.name);
      if (there === undefined || there.text === change.projection.text) return null;
      return { what: `projection ${named(change.projection.name)}`, how: `${there.text}, not ${change.projection.text}` };
    }
    case "create-table":
      return tableDifference(change.table, known);
    default:
      return change satisfies never;
  }
}

function tableDifference(
  wanted: Omit<ClickHouseTable, "origin">,
  known: ClickHouseTable,
): { readonly what: string; readonly how: string } | null {
  const how: string[] = [];
  if (wanted.kind !== known.kind) how.push(`a ${known.kind}, not a ${wanted.kind}`);
  if (wanted.engine?.name !== known.engine?.name) how.push(`engine ${known.engine?.name ?? "none"}, not ${wanted.engine?.name ?? "none"}`);
  const spell = (table: Omit<ClickHouseTable, "origin">): string => (table.orderBy === null ? "none" : keyText(table.orderBy));
  if (wanted.kind === "table" && spell(wanted) !== spell(known)) how.push(`sorting key ${spell(known)}, not ${spell(wanted)}`);
  if (wanted.columnsKnown && known.columnsKnown && wanted.columns.length > 0) {
    const there = new Map(known.columns.map(({ name, type }) => [name, type.text]));
    const missing = wanted.columns.filter(({ name }) => !there.has(name)).map(({ name }) => named(name));
    if (missing.length > 0) how.push(`without ${list(missing.slice(0, 4))}`);
    const other = wanted.columns.find(({ name, type, typeKnown }) => typeKnown && there.has(name) && there.get(name) !== type.text);
    if (other !== undefined) how.push(`${named(other.name)} is ${there.get(other.name) ?? ""}, not ${other.type.text}`);
  }
  return how.length === 0 ? null : { what: "the table", how: how.join("; ") };
}
