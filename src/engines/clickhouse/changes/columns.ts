import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseColumn, ClickHouseType, Codec, ColumnDefault } from "../../../model/clickhouse/schema.ts";
import type { Codec as WrittenCodec, ColumnDeclaration, Setting } from "../parse/ast.ts";
import type { Context } from "./context.ts";
import { readExpression } from "./expression.ts";
import { expressionType, type ColumnTypes } from "./expression-type.ts";
import { canonicalExpression } from "./render.ts";
import { canonicalType, isNullable, UNKNOWN_TYPE, wrapType } from "./types.ts";

export interface ReadColumn {
  readonly column: ClickHouseColumn;
  readonly refused: ClickHouseError | null;
}

/** A column as declared, its type derived from the default where it is left out. @param known types of the other columns */
export function readColumn(declared: ColumnDeclaration, context: Context, known: ColumnTypes): ReadColumn {
  const type = typeOf(declared);
  const defaulted = readDefault(declared, context);
  const expression = declared.default?.expression ?? null;
  const derived = type.type === null && expression !== null ? expressionType(expression, known) : null;
  // A type that is left out of an EPHEMERAL without an expression is String.
  const bare =
    declared.default?.kind === "EPHEMERAL" && expression === null && type.type === null
      ? canonicalType({ name: "String", arguments: null, at: declared.at }).type
      : null;
  const found = type.type ?? derived ?? bare;
  return {
    column: {
      name: declared.name.text,
      type: found ?? UNKNOWN_TYPE,
      typeKnown: found !== null,
      default: defaulted,
      codec: readCodec(declared.codec),
      ttl: declared.ttl === null ? null : readExpression(declared.ttl, context),
      comment: declared.comment?.value ?? null,
      statistics: declared.statistics?.map((s) => s.name.toLowerCase()) ?? [],
      ...(declared.settings.length === 0 ? {} : { settings: readSettings(declared.settings) }),
      since: null,
    },
    refused: type.refused,
  };
}

/** The declared type with its NULL or NOT NULL; null where none is written. */
export function typeOf(declared: ColumnDeclaration): { type: ClickHouseType | null; refused: ClickHouseError | null } {
  if (declared.type === null) return { type: null, refused: null };
  const { type, refused } = canonicalType(declared.type);
  if (refused !== null || declared.nullability === null) return { type, refused };
  if (isNullable(type) && type.name === "Nullable") {
    return { type, refused: { code: 377, message: "Can't use [NOT] NULL modifier with Nullable type" } };
  }
  if (declared.nullability === "not-null") return { type, refused: null };
  if (/^(?:LowCardinality|Array|Map|Variant|Dynamic|AggregateFunction|Nested)$/.test(type.name)) {
    return { type, refused: { code: 43, message: `Nested type ${type.text} cannot be inside Nullable type` } };
  }
  return { type: wrapType("Nullable", type), refused: null };
}

export function readDefault(declared: ColumnDeclaration, context: Context): ColumnDefault | null {
  if (declared.default === null || declared.default.kind === "AUTO_INCREMENT") return null;
  const { kind, expression } = declared.default;
  return { kind, expression: expression === null ? null : readExpression(expression, context) };
}

export function readCodec(codec: WrittenCodec | null): readonly Codec[] | null {
  if (codec === null) return null;
  return codec.codecs.map((c) => ({ name: c.name, args: (c.arguments ?? []).map(canonicalExpression) }));
}

/** Settings as `name → value`; a string without its quotes. `DEFAULT` is left out: it puts the server's own back. */
export function readSettings(settings: readonly Setting[]): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const { name, value } of settings) {
    if (value === null) continue;
    switch (value.type) {
      case "string":
        read.set(name, value.value);
        break;
      case "number":
        read.set(name, value.text);
        break;
      case "boolean":
        read.set(name, value.value ? "1" : "0");
        break;
      case "function":
        read.set(name, value.text);
        break;
      case "null":
        read.set(name, "NULL");
        break;
      case "array":
      case "tuple":
      case "map":
      case "parameter":
        read.set(name, `{${value.type}}`);
        break;
      default:
        return value satisfies never;
    }
  }
  return read;
}

/**
 * `Nested(a T, b U)` is stored as `n.a Array(T)` and `n.b Array(U)`, unless flatten_nested is off. So is, since then, what is
 * declared as `n Array(Tuple(…))`: not flattened.
 */
export function flattenNested(column: ClickHouseColumn, flatten: boolean): readonly ClickHouseColumn[] {
  if (column.type.name !== "Nested" || !flatten) return [column];
  return column.type.inner.map(({ name, type }) => ({
    ...column,
    name: `${column.name}.${name ?? ""}`,
    type: wrapType("Array", type),
    default: null,
    nestedIn: column.name,
  }));
}
