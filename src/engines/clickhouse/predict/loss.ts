import type { SilentKind } from "../../../model/clickhouse/effects.ts";

/** Values that a change of type does not carry over as they are. */
export interface Loss {
  readonly kind: SilentKind;
  /** A condition over the column that is true for the values it hits; never fails. Null: no query can tell. */
  readonly when: string | null;
  readonly what: string;
}

export const loss = (kind: SilentKind, when: string | null, what: string): Loss => ({ kind, when, what });

/** The range of an integer type, or null. */
export function rangeOf(name: string): { readonly min: bigint; readonly max: bigint } | null {
  const match = /^(U?)Int(\d+)$/.exec(name);
  if (match === null) return null;
  const bits = BigInt(match[2] ?? 8);
  return match[1] === "U" ? { min: 0n, max: (1n << bits) - 1n } : { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
}

/** An integer as a literal of a type that holds it: what is beyond 64 bits would be read as a float. */
export function integer(value: bigint): string {
  return value > 18446744073709551615n || value < -9223372036854775808n ? `toInt256('${value}')` : String(value);
}

/** `v < min OR v > max` for the side that the old type can reach. */
export function outside(v: string, from: { min: bigint; max: bigint } | null, to: { min: bigint; max: bigint }): string | null {
  const parts = [
    ...(from === null || from.min < to.min ? [`${v} < ${integer(to.min)}`] : []),
    ...(from === null || from.max > to.max ? [`${v} > ${integer(to.max)}`] : []),
  ];
  return parts.length === 0 ? null : parts.join(" OR ");
}
