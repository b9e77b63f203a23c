import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseColumn, type ClickHouseTable, type ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { constantFits } from "./defaults.ts";
import { declared, existingColumn } from "./declared.ts";
import { alterable } from "./engines.ts";
import { modifyColumn } from "./modify-column.ts";
import { count, find, hasRows, metadata, refused, silent, type Outcome, type Predictors, type Scene } from "./outcome.ts";

/** Columns that parts may hold besides the declared ones. */
const RESERVED = new Set(["_row_exists", "_block_number", "_block_offset"]);

const VOLATILE = "a row from before the column computes its value anew at every read";

export const columnPredictors: Predictors<
  "add-column" | "modify-column" | "remove-column-property" | "modify-column-setting" | "reset-column-setting" | "comment-column"
> = {
  "add-column": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const { column } = change;
    const barred = alterable(table, "add-column");
    if (barred !== null) return barred;
    // Measured: a Nested is taken as one name; its other parts may be added with their full name.
    if (column.nestedIn !== undefined && !change.ifNotExists && table.columns.some((c) => c.name.startsWith(`${column.nestedIn ?? ""}.`)))
      if (
        !scene.together.some((c) => c.kind === "add-column" && c.column.nestedIn === column.nestedIn && c !== change) ||
        scene.together[0] === change
      )
        return refused(15, `Cannot add column ${column.nestedIn}: column with this name already exists`);
    if (RESERVED.has(column.name))
      return refused(44, `Cannot add column ${column.name}: this column name is reserved for persistent virtual column`);
    const existing = table.columns.find((c) => c.name === column.name);
    if (existing !== undefined) {
      if (!change.ifNotExists) return refused(15, `Cannot add column ${column.name}: column with this name already exists`);
      return metadata(
        differs(existing, column)
          ? [
              silent("semantics", alreadyThere(table, column), `${column.name} exists as ${existing.type.text} and stays so`, {
                columns: [column.name],
              }),
            ]
          : [],
      );
    }
    if (typeof change.position === "object" && change.position !== null) {
      const { after } = change.position;
      if (!table.columns.some((c) => c.name === after))
        return refused(16, `Wrong column name. Cannot find column ${after} to insert after`);
    }
    const bad = declared(column, table, scene);
    if (bad !== null) return bad;
    if (!change.typed && column.default?.kind !== "EPHEMERAL")
      return refused(36, `Data type have to be specified for column ${column.name} to add`);
    const { default: def } = column;
    const dangers: SilentCorruption[] = [];
    if (def?.kind !== "ALIAS" && def?.expression?.volatile === true && hasRows(table.name, scene) && isMergeTree(table)) {
      dangers.push(silent("semantics", count(table.name), VOLATILE, { columns: [column.name] }));
    }
    const overflow = def?.expression === null || def?.expression === undefined ? null : constantFits(def.expression, column.type);
    if (overflow !== null) dangers.push(silent("wraps", null, overflow, { columns: [column.name] }));
    const at = scene.together.indexOf(change);
    if (scene.together.some((c, i) => c.kind === "drop-column" && c.column === column.name && c.table === table.name && i < at)) {
      dangers.push(
        silent("drops-values", count(table.name), `the values of ${column.name} are gone, every row reads the default`, {
          columns: [column.name],
        }),
      );
    }
    const behind =
      table.forwards?.kind === "distributed" && table.forwards.table !== null ? scene.state.tables.get(table.forwards.table) : undefined;
    if (behind !== undefined && behind.columnsKnown && def?.kind !== "ALIAS" && !behind.columns.some((c) => c.name === column.name)) {
      // Measured on 26.7: SELECT * through it fails with 47, INSERT with 16, until the local table has the column.
      dangers.push(
        silent("unreadable", null, `reading ${column.name} through ${table.name} fails until ${behind.name} has it`, {
          columns: [column.name],
        }),
      );
    }
    if (summed(table, column.type)) {
      dangers.push(silent("semantics", null, `${column.name} is summed when rows of one key are merged`, { columns: [column.name] }));
    } else if (table.engine?.family === "SummingMergeTree" && table.engine.familyArgs.length > 0 && isNumber(column.type)) {
      dangers.push(
        silent("drops-values", null, `${column.name} is not in the engine's list: a merge keeps the value of an arbitrary row`, {
          columns: [column.name],
        }),
      );
    }
    return metadata(dangers);
  },
  "modify-column": (change, scene) => modifyColumn(change, scene),
  "remove-column-property": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    const { table, column } = found;
    const barred = alterable(table, "modify-column");
    if (barred !== null) return barred;
    const missing = (what: string): Outcome => refused(36, `Column ${column.name} doesn't have ${what}, cannot remove it`);
    switch (change.property) {
      case "DEFAULT":
      case "MATERIALIZED":
      case "ALIAS":
      case "EPHEMERAL": {
        if (column.default?.kind !== change.property) return missing(change.property);
        if (change.property === "ALIAS" && hasRows(table.name, scene) && isMergeTree(table)) {
          return metadata([
            silent(
              "drops-values",
              count(table.name),
              `${column.name} was computed for every row and reads the type's default from now on`,
              {
                columns: [column.name],
              },
            ),
          ]);
        }
        const unwritten = column.since !== null && change.property !== "ALIAS" && hasRows(table.name, scene);
        return metadata(
          unwritten
            ? [
                silent(
                  "semantics",
                  count(table.name),
                  `rows from before ${column.name} was added change from the default's value to the type's`,
                  { columns: [column.name] },
                ),
              ]
            : [],
        );
      }
      case "CODEC":
        return column.codec === null ? missing("CODEC") : metadata();
      case "TTL":
        return column.ttl === null ? missing("TTL") : metadata();
      case "COMMENT":
        return column.comment === null ? missing("COMMENT") : metadata();
      case "SETTINGS":
        return metadata();
      default:
        return change.property satisfies never;
    }
  },
  "modify-column-setting": (change, scene) => {
    const unknown = [...change.set.keys()].find((name) => !/^(?:max|min)_compress_block_size$/.test(name));
    return unknown === undefined ? plain(change, scene) : refused(115, `Setting ${unknown} is unknown or not supported at column level`);
  },
  "reset-column-setting": (change, scene) => plain(change, scene),
  "comment-column": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    return alterable(found.table, "comment-column") ?? metadata();
  },
};

function plain(change: { readonly table: string; readonly column: string; readonly ifExists: boolean }, scene: Scene): Outcome {
  const found = existingColumn(change.table, change.column, change.ifExists, scene);
  return "outcome" in found ? found.outcome : (alterable(found.table, "modify-column") ?? metadata());
}

function differs(a: ClickHouseColumn, b: ClickHouseColumn): boolean {
  if (a.typeKnown && b.typeKnown && a.type.text !== b.type.text) return true;
  return (
    (a.default?.kind ?? null) !== (b.default?.kind ?? null) || (a.default?.expression?.sql ?? null) !== (b.default?.expression?.sql ?? null)
  );
}

function alreadyThere(table: ClickHouseTable, column: ClickHouseColumn): string {
  const text = (s: string): string => `'${s.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const expression = column.default?.expression?.sql ?? "";
  return `SELECT count() FROM system.columns WHERE database = ${text(table.database)} AND table = ${text(table.table)} AND name = ${text(column.name)} AND (type != ${text(column.type.text)} OR default_kind != ${text(column.default?.kind ?? "")}${expression === "" ? "" : ` OR default_expression != ${text(expression)}`})`;
}

const isNumber = (type: ClickHouseType): boolean => /^(?:U?Int\d+|Float\d+|BFloat16|Decimal)$/.test(type.name);

/** SummingMergeTree without a list of columns sums every number outside of its key. */
function summed(table: ClickHouseTable, type: ClickHouseType): boolean {
  return table.engine?.family === "SummingMergeTree" && table.engine.familyArgs.length === 0 && isNumber(type);
}
