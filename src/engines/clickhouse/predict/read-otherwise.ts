import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseColumn, ClickHouseTable, ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { quoteIdentifier, quoteString } from "../changes/render.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { lossesOf } from "./losses.ts";
import { count, hasRows, silent, type Scene } from "./outcome.ts";

const KINDS: readonly (readonly [string, RegExp])[] = [
  ["number", /^(?:U?Int\d+|B?Float\d+|Decimal|Bool)$/],
  ["day or time", /^Date/],
  ["time of day", /^Time/],
  ["label", /^Enum/],
  ["address", /^IPv[46]$/],
];

/** Every value is converted, and read as something else than before: `2026-05-01` as 20574. */
export function otherKind(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable): SilentCorruption[] {
  const other = kindsApart(from.type, to.type, quoteIdentifier(from.name));
  if (other === null) return [];
  return [
    silent("semantics", count(table.name, other.when), `every reader gets a ${other.to} where it got a ${other.from}`, {
      columns: [from.name],
    }),
  ];
}

interface KindsApart {
  readonly from: string;
  readonly to: string;
  /** SQL over the column for the rows that it hits; null: all. */
  readonly when: string | null;
}

function kindsApart(from: ClickHouseType, to: ClickHouseType, v: string): KindsApart | null {
  const [a, b] = [bareType(from), bareType(to)];
  if (a.name === b.name && /^(?:Array|Map|Tuple)$/.test(a.name)) {
    const inside = a.inner.flatMap((element, index) => {
      const other = element.name === null ? b.inner[index] : b.inner.find(({ name }) => name === element.name);
      const apart = other === undefined ? null : kindsApart(element.type, other.type, v);
      return apart === null ? [] : [apart];
    });
    const [first] = inside;
    return first === undefined ? null : { ...first, when: a.name === "Tuple" ? null : `notEmpty(${v})` };
  }
  const kindOf = (type: ClickHouseType): string | null => KINDS.find(([, names]) => names.test(type.name))?.[0] ?? null;
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x === null || y === null || x === y) return null;
  if (a.name !== "Bool" || !b.name.startsWith("Enum")) return { from: x, to: y, when: null };
  // A label may well be called as the truth was.
  const read = ["false", "true"].filter((word, value) => b.enumValues.some((one) => one.value === value && one.label !== word));
  return read.length === 0 ? null : { from: x, to: y, when: `${v} IN (${read.join(", ")})` };
}

/** The bytes stay and are shown as something else. */
export function shownOtherwise(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable): SilentCorruption[] {
  const parts = /^(?:Nullable|Array|Map|Tuple)$/.test(from.type.name) && from.type.name === to.type.name ? from.type.inner : null;
  if (parts !== null)
    return parts.flatMap(({ type }, index) => {
      const other = to.type.inner[index]?.type ?? type;
      return type.text === other.text ? [] : shownOtherwise({ ...from, type }, { ...to, type: other }, table);
    });
  const a = from.type.name;
  const b = to.type.name;
  if (a === b && a === "SimpleAggregateFunction")
    return [
      silent(
        "semantics",
        count(table.name),
        `rows of one key are folded as ${to.type.text} from here on, those folded before stay as ${from.type.text} left them`,
        {
          columns: [from.name],
        },
      ),
    ];
  if (a === b || a === "SimpleAggregateFunction" || b === "SimpleAggregateFunction") return [];
  // What a number above 1 becomes as a Bool is told with what conversions lose.
  if ((a === "UInt8" && b === "Bool") || (a === "Bool" && b === "UInt8")) return [];
  return [
    silent("semantics", count(table.name), `every reader gets ${to.type.text} where it got ${from.type.text}`, { columns: [from.name] }),
  ];
}

/** What a Distributed or Buffer table declares is what its readers get, whatever the table behind it holds. */
export function forwardedType(table: ClickHouseTable, to: ClickHouseColumn): SilentCorruption[] {
  return table.forwards?.kind === "distributed"
    ? [
        silent(
          "wraps",
          `SELECT count() FROM (SELECT type FROM system.columns WHERE (database, table, name) = ('${table.forwards.table?.split(".")[0] ?? ""}', '${table.forwards.table?.split(".").slice(1).join(".") ?? ""}', '${to.name}')) WHERE type != '${to.type.text.replaceAll("'", "\\'")}'`,
          "values are cast between the types of the Distributed table and of the table behind it without an error",
          { columns: [to.name] },
        ),
      ]
    : [];
}

/** Memory keeps what it holds and casts it at every read. Measured. */
export function convertedOnRead(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable, scene: Scene): SilentCorruption[] {
  if (table.engine?.name !== "Memory" || !hasRows(table.name, scene)) return [];
  return lossesOf(from.type, to.type, quoteIdentifier(from.name), true).map((l) =>
    silent(l.kind, l.when === null ? null : count(table.name, l.when), l.what, { columns: [from.name] }),
  );
}

/** Rows in which a column holds something else than its default would give; undefined where that cannot be compared: every row. */
export function differs({ name, type, typeKnown, default: own }: ClickHouseColumn): string | undefined {
  if (!typeKnown || !/^(?:U?Int|B?Float|Decimal|String|FixedString|Date|Time|UUID|IPv|Enum|Bool)/.test(bareType(type).name))
    return undefined;
  const v = quoteIdentifier(name);
  const expression = own?.expression ?? null;
  if (expression === null) return isNullable(type) ? `isNotNull(${v})` : `${v} != defaultValueOfTypeName(${quoteString(type.text)})`;
  return expression.volatile ? undefined : `ifNull(${v} != CAST(${expression.sql}, ${quoteString(type.text)}), 1)`;
}
