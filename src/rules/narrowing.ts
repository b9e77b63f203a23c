import type { TypeRef } from "../model/schema.ts";

/**
 * What happens to a value that the new type cannot hold. `test` is a condition that finds such rows; `@` stands for the column.
 * Sources: manual, chapter 8; each cast run on Postgres 13 to 18.
 */
export type Narrowing =
  | { readonly kind: "loses"; readonly how: "rounds" | "cuts"; readonly what: string; readonly test: string }
  | { readonly kind: "may-fail"; readonly sqlstate: string; readonly test: string };

const INTEGERS: Readonly<Record<string, { readonly rank: number; readonly max: string }>> = {
  smallint: { rank: 1, max: "32767" },
  integer: { rank: 2, max: "2147483647" },
  bigint: { rank: 3, max: "9223372036854775807" },
};
const FLOATS: readonly string[] = ["real", "double precision"];
const STRINGS: readonly string[] = ["text", "character varying", "character"];
const WITH_DATE: readonly string[] = ["timestamp without time zone", "timestamp with time zone"];

/** @param using with USING an explicit cast is possible, and one to varchar(n) cuts where the implicit one refuses */
export function narrowing(from: TypeRef, to: TypeRef, using: boolean): Narrowing | null {
  if (from.dimensions !== to.dimensions) return null;
  return numbers(from, to) ?? strings(from, to, using) ?? times(from, to);
}

function numbers(from: TypeRef, to: TypeRef): Narrowing | null {
  const [a, b] = [INTEGERS[from.name], INTEGERS[to.name]];
  if (a !== undefined && b !== undefined) {
    return b.rank < a.rank ? { kind: "may-fail", sqlstate: "22003", test: `@ NOT BETWEEN -${b.max} AND ${b.max}` } : null;
  }
  const fraction = from.name === "numeric" || FLOATS.includes(from.name);
  if (fraction && b !== undefined && !(from.name === "numeric" && scaleOf(from) === 0))
    return { kind: "loses", how: "rounds", what: "has no decimal places", test: "@ <> round(@::numeric)" };
  if (
    FLOATS.includes(to.name) &&
    (from.name === "numeric" || from.name === "bigint" || (from.name === "double precision" && to.name === "real"))
  )
    return {
      kind: "loses",
      how: "rounds",
      what: `keeps about ${to.name === "real" ? 6 : 15} digits`,
      test: `@::${to.name}::${from.name} <> @`,
    };
  if (to.name !== "numeric" || (from.name !== "numeric" && !FLOATS.includes(from.name) && a === undefined)) return null;
  return digits(from, to);
}

/** numeric(precision, scale): fewer decimal places round, fewer places before the point refuse. */
function digits(from: TypeRef, to: TypeRef): Narrowing | null {
  const [precision] = to.modifiers;
  if (precision === undefined) return null;
  const scale = scaleOf(to) ?? 0;
  const had = INTEGERS[from.name] === undefined ? (scaleOf(from) ?? Number.POSITIVE_INFINITY) : 0;
  if (had > scale) return { kind: "loses", how: "rounds", what: `keeps ${scale} decimal places`, test: `@ <> round(@::numeric, ${scale})` };
  const before = precision - scale;
  const hadBefore =
    from.name === "numeric" && from.modifiers[0] !== undefined ? from.modifiers[0] - (scaleOf(from) ?? 0) : Number.POSITIVE_INFINITY;
  if (hadBefore <= before || (from.name === "smallint" && before >= 5) || (from.name === "integer" && before >= 10)) return null;
  if (from.name === "bigint" && before >= 19) return null;
  return { kind: "may-fail", sqlstate: "22003", test: `abs(@) >= 1e${before}` };
}

/** Decimal places; null: as many as a value has. */
function scaleOf(type: TypeRef): number | null {
  return type.modifiers.length === 0 ? null : (type.modifiers[1] ?? 0);
}

function strings(from: TypeRef, to: TypeRef, using: boolean): Narrowing | null {
  if (!STRINGS.includes(from.name)) return null;
  // Text that is read as something else goes by what USING says, which is the user's own.
  if (!STRINGS.includes(to.name)) return null;
  const length = to.name === "text" ? null : (to.modifiers[0] ?? (to.name === "character" ? 1 : null));
  const had = from.name === "text" ? null : (from.modifiers[0] ?? null);
  if (length === null || (had !== null && had <= length)) return null;
  const test = `length(@) > ${length}`;
  return using ? { kind: "loses", how: "cuts", what: `holds ${length} characters`, test } : { kind: "may-fail", sqlstate: "22001", test };
}

function times(from: TypeRef, to: TypeRef): Narrowing | null {
  if (WITH_DATE.includes(from.name) && to.name === "date")
    return { kind: "loses", how: "cuts", what: "has no time of day", test: "@ <> date_trunc('day', @)" };
  if (WITH_DATE.includes(from.name) && to.name.startsWith("time "))
    return { kind: "loses", how: "cuts", what: "has no date", test: "@ IS NOT NULL" };
  const precise = WITH_DATE.includes(from.name) ? WITH_DATE.includes(to.name) : from.name.startsWith("time ") && to.name === from.name;
  if (!precise) return null;
  const [had, has] = [from.modifiers[0] ?? 6, to.modifiers[0] ?? 6];
  if (has >= had) return null;
  return {
    kind: "loses",
    how: "rounds",
    what: `keeps ${has} decimal places of a second`,
    test: `@::${to.name.replace(/^(timestamp|time)/, `$1(${has})`)} <> @`,
  };
}
