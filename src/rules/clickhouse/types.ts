import type { ClickHouseType, EnumValue } from "../../model/clickhouse/schema.ts";

/** The type that holds the values: `Nullable` and `LowCardinality` taken off. */
export function bareType(type: ClickHouseType): ClickHouseType {
  const [inner] = type.inner;
  return (type.name === "Nullable" || type.name === "LowCardinality") && inner !== undefined ? bareType(inner.type) : type;
}

export function isNullable(type: ClickHouseType): boolean {
  if (type.name === "Nullable") return true;
  const [inner] = type.inner;
  return type.name === "LowCardinality" && inner !== undefined && isNullable(inner.type);
}

export function isInteger(type: ClickHouseType): boolean {
  return /^U?Int\d+$/.test(type.name);
}

export function isEnum(type: ClickHouseType): boolean {
  return type.name === "Enum8" || type.name === "Enum16";
}

export function isText(type: ClickHouseType): boolean {
  return type.name === "String" || type.name === "FixedString";
}

export function isFloat(type: ClickHouseType): boolean {
  return /^(?:BFloat16|Float32|Float64)$/.test(type.name);
}

/** Labels that the new type lacks. */
export function removedLabels(before: ClickHouseType, after: ClickHouseType): readonly EnumValue[] {
  const kept = new Set(after.enumValues.map(({ label }) => label));
  return before.enumValues.filter(({ label }) => !kept.has(label));
}

/** Labels that stand for another number now. */
export function renumberedLabels(
  before: ClickHouseType,
  after: ClickHouseType,
): readonly { readonly label: string; readonly from: number; readonly to: number }[] {
  const now = new Map(after.enumValues.map(({ label, value }) => [label, value]));
  return before.enumValues.flatMap(({ label, value }) => {
    const next = now.get(label);
    return next === undefined || next === value ? [] : [{ label, from: value, to: next }];
  });
}

/** Smallest and largest value of an integer type as text; null for another. */
export function integerRange(type: ClickHouseType): readonly [bigint, bigint] | null {
  const [, unsigned, bits] = /^(U?)Int(\d+)$/.exec(type.name) ?? [];
  if (bits === undefined) return null;
  const width = BigInt(bits);
  return unsigned === "U" ? [0n, 2n ** width - 1n] : [-(2n ** (width - 1n)), 2n ** (width - 1n) - 1n];
}
