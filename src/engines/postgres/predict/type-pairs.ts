import type { SchemaState, TypeRef } from "../../../model/schema.ts";
import { isConstrainedDomain } from "./domains.ts";

/** What a coercion does to the stored rows and to the indexes on the column. */
export interface TypeChange {
  readonly rewrites: boolean;
  /** Without a rewrite: the operator class or collation differs, so that indexes are built again (`CheckIndexCompatible`). */
  readonly rebuildsIndexes: boolean;
}

const REWRITE: TypeChange = { rewrites: true, rebuildsIndexes: false };
const SAME: TypeChange = { rewrites: false, rebuildsIndexes: false };
const OTHER_OPERATORS: TypeChange = { rewrites: false, rebuildsIndexes: true };

/** `citext` is an extension's, and binary coercible with the strings in both directions (citext--1.4.sql). */
const STRINGS = new Set(["text", "character varying", "citext"]);

/**
 * Pairs whose stored form is the same (`pg_cast.castmethod = 'b'`, measured on 18.4), strings and domains aside; `true` where the
 * operator class stays the same too, so that indexes live on.
 */
const SAME_FORM: ReadonlyMap<string, boolean> = new Map([
  ["cidr inet", true],
  ["xml text", false],
  ["xml character varying", false],
  ["xml character", false],
  ["text character", false],
  ["character varying character", false],
  ["citext character", false],
  ["bit bit varying", false],
  ["bit varying bit", false],
  ["integer oid", false],
  ["oid integer", false],
  ...["regclass", "regtype", "regproc", "regrole", "regnamespace"].flatMap((name): [string, boolean][] => [
    [`oid ${name}`, true],
    [`${name} oid`, true],
  ]),
]);

/**
 * What ALTER COLUMN … TYPE does where no USING computes anything. `ATColumnChangeRequiresRewrite` (tablecmds.c) looks at the expression
 * that turns old into new: nothing is written when it is the bare column, a cast without a function (same binary form), a length coercion
 * that the type's support function drops because the new limit is no narrower, a cast to a domain without constraints, or timestamp to
 * timestamptz while the session's zone is UTC (since 12).
 * @param through the casts that USING applies before, in order
 */
export function typeChange(from: TypeRef, through: readonly TypeRef[], to: TypeRef, state: SchemaState): TypeChange {
  let rebuilds = false;
  let at = from;
  for (const next of [...through, to]) {
    const step = coercion(at, next, state);
    if (step.rewrites) return REWRITE;
    rebuilds ||= step.rebuildsIndexes;
    at = next;
  }
  return rebuilds && !sameOperators(from, to, state) ? OTHER_OPERATORS : SAME;
}

/** Casts there and back again leave the column with the operators that it had. */
function sameOperators(from: TypeRef, to: TypeRef, state: SchemaState): boolean {
  return baseOf(from, state).name === baseOf(to, state).name;
}

/** The same in name, limits and whether it is an array. */
export function sameType(a: TypeRef, b: TypeRef): boolean {
  return a.name === b.name && a.dimensions > 0 === b.dimensions > 0 && sameModifiers(a, b);
}

function coercion(from: TypeRef, to: TypeRef, state: SchemaState): TypeChange {
  if (sameType(from, to)) return SAME;
  if (isConstrainedDomain(to, state)) return REWRITE;
  const isDomain = state.types.get(from.name)?.kind === "domain" && from.dimensions === 0;
  // The limit of a domain's base is not known to be that of its values: its columns have no modifier of their own (measured 13–18).
  const a = isDomain ? { ...baseOf(from, state), modifiers: [] } : from;
  const b = baseOf(to, state);
  const arrays = a.dimensions > 0 || b.dimensions > 0;
  if (arrays && !(a.dimensions > 0 && b.dimensions > 0 && a.name === b.name)) return REWRITE;
  // An array's elements are coerced one by one: no support function drops that (measured 13–18: `varchar(20)[]` to `varchar(40)[]`).
  if (arrays) return sameModifiers(a, b) || b.modifiers.length === 0 ? SAME : REWRITE;
  if (isInterval(a) && isInterval(b)) return widensInterval(a, b) ? SAME : REWRITE;
  if (a.name === b.name) return sameModifiers(a, b) || widens(a, b) ? SAME : REWRITE;
  if (STRINGS.has(a.name) && STRINGS.has(b.name)) {
    // varchar(n) to text keeps any length; text to varchar(n) must look at each.
    if (b.modifiers.length > 0) return REWRITE;
    return a.name === "citext" || b.name === "citext" ? OTHER_OPERATORS : SAME;
  }
  if (isTimestamp(a.name) && isTimestamp(b.name)) {
    // The limit of the old type says nothing of the new one's values: `timestamp(3)` to `timestamptz(3)` rewrites (measured 13–18).
    return isUtc(state.session.timeZone) && precision(b) >= 6 ? OTHER_OPERATORS : REWRITE;
  }
  const same = SAME_FORM.get(`${a.name} ${b.name}`);
  if (same === undefined || b.modifiers.length > 0) return REWRITE;
  return same ? SAME : OTHER_OPERATORS;
}

function isTimestamp(name: string): boolean {
  return name === "timestamp without time zone" || name === "timestamp with time zone";
}

/** The type under a domain; an array of a domain stays what it is. */
export function baseOf(type: TypeRef, state: SchemaState): TypeRef {
  if (type.dimensions > 0) return type;
  const domain = state.types.get(type.name);
  return domain?.kind === "domain" ? baseOf(domain.base, state) : type;
}

function sameModifiers(a: TypeRef, b: TypeRef): boolean {
  return a.modifiers.length === b.modifiers.length && a.modifiers.every((m, i) => m === b.modifiers[i]);
}

/** No value of `a` can be changed by the limits of `b`: what the support functions of the length coercions decide. */
function widens(a: TypeRef, b: TypeRef): boolean {
  switch (a.name) {
    case "character varying":
    case "bit varying":
      return b.modifiers.length === 0 || (a.modifiers.length > 0 && (a.modifiers[0] ?? 0) <= (b.modifiers[0] ?? 0));
    case "character":
      // `bpchar` without a limit takes what `char(n)` holds as it is.
      return b.modifiers.length === 0;
    case "numeric": {
      if (b.modifiers.length === 0) return true;
      if (a.modifiers.length === 0) return false;
      return (a.modifiers[1] ?? 0) === (b.modifiers[1] ?? 0) && (a.modifiers[0] ?? 0) <= (b.modifiers[0] ?? 0);
    }
    case "timestamp without time zone":
    case "timestamp with time zone":
    case "time without time zone":
    case "time with time zone":
      return precision(b) >= precision(a);
    default:
      return b.modifiers.length === 0;
  }
}

/** Digits after the second; 6 when nothing is said (manual section 8.5). */
function precision(type: TypeRef): number {
  return type.modifiers[0] ?? 6;
}

function isInterval(type: TypeRef): boolean {
  return type.dimensions === 0 && (type.name === "interval" || type.name.startsWith("interval "));
}

const INTERVAL_FIELDS = ["second", "minute", "hour", "day", "month", "year"];

/** `interval_support`: only the smallest field counts, and its digits. */
function widensInterval(a: TypeRef, b: TypeRef): boolean {
  const least = (type: TypeRef): number => Math.max(0, INTERVAL_FIELDS.indexOf(type.name.split(" ").at(-1) ?? ""));
  return least(b) <= least(a) && (least(a) > 0 || precision(b) >= precision(a));
}

function isUtc(zone: string | null): boolean {
  return zone !== null && /^(?:utc|gmt|etc\/(?:utc|gmt|uct|zulu|universal)|uct|zulu|universal|z|\+?0+(?::00)?)$/i.test(zone);
}
