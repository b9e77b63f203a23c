import type { PartitionKey, Relation, SchemaState } from "../../../model/schema.ts";
import { childrenOf } from "../../../model/apply/index.ts";
import { isOrdered, valuesAllowed } from "./check-values.ts";
import { constant, Tokens } from "./constants.ts";
import { between, Incomparable, intersect, isSubset, point, union, type Value, type ValueSet } from "./value-sets.ts";

/** A partition bound as far as it can be read. */
export type Bound =
  | { readonly kind: "default" }
  /** Values of the one column of the key; null where they could not be read or the key has several columns. */
  | { readonly kind: "list" | "range"; readonly values: ValueSet | null; readonly withNull: boolean }
  | { readonly kind: "hash"; readonly modulus: number; readonly remainder: number }
  | { readonly kind: "unknown" };

export function readBound(bound: string): Bound {
  if (bound === "DEFAULT") return { kind: "default" };
  try {
    const tokens = new Tokens(bound);
    if (tokens.take("for", "values", "in", "(")) return listBound(tokens);
    if (tokens.take("for", "values", "from", "(")) return rangeBound(tokens);
    if (tokens.take("for", "values", "with", "(")) return hashBound(tokens);
  } catch (error) {
    if (!(error instanceof Incomparable)) throw error;
  }
  return { kind: "unknown" };
}

function listBound(tokens: Tokens): Bound {
  const points: ValueSet[] = [];
  let withNull = false;
  do {
    const value = constant(tokens);
    if (value !== null) points.push(point(value));
    else if (tokens.take("null")) withNull = true;
    else return { kind: "list", values: null, withNull };
  } while (tokens.take(","));
  return { kind: "list", values: union(points), withNull };
}

function rangeBound(tokens: Tokens): Bound {
  const unread: Bound = { kind: "range", values: null, withNull: false };
  const low = limit(tokens, "minvalue");
  if (low === undefined || !tokens.take("to", "(")) return unread;
  const high = limit(tokens, "maxvalue");
  if (high === undefined) return unread;
  if ((low !== null && !isOrdered(low)) || (high !== null && !isOrdered(high))) return unread;
  return { kind: "range", values: between(low, high), withNull: false };
}

/** One limit and its closing parenthesis: null is without limit, undefined something else. */
function limit(tokens: Tokens, open: "minvalue" | "maxvalue"): Value | null | undefined {
  const value = tokens.take(open) ? null : (constant(tokens) ?? undefined);
  return tokens.take(")") ? value : undefined;
}

function hashBound(tokens: Tokens): Bound {
  const found = new Map<string, number>();
  for (let n = 0; n < 2; n++) {
    const name = tokens.next?.text ?? "";
    tokens.at++;
    const value = constant(tokens);
    if (value?.kind === "number") found.set(name, value.at);
    tokens.take(",");
  }
  const [modulus, remainder] = [found.get("modulus"), found.get("remainder")];
  return modulus === undefined || remainder === undefined ? { kind: "unknown" } : { kind: "hash", modulus, remainder };
}

/** Why the parent cannot take a partition with this bound, or null. */
export function boundTrouble(
  parent: Relation,
  name: string,
  bound: string,
  state: SchemaState,
): { readonly sqlstate: string; readonly message: string } | null {
  const own = readBound(bound);
  const siblings = childrenOf(state, parent.name).filter((r) => r.partitionOf === parent.name);
  const strategy = parent.partitionKey?.strategy;
  if (own.kind === "unknown") return null;
  if (own.kind === "default") {
    if (strategy === "hash") return { sqlstate: "42P16", message: "a hash-partitioned table may not have a default partition" };
    const other = siblings.find((r) => r.partitionBound === "DEFAULT");
    return other === undefined ? null : { sqlstate: "42P17", message: `partition "${name}" conflicts with existing default partition` };
  }
  if (strategy !== undefined && own.kind !== strategy)
    return { sqlstate: "42P16", message: `invalid bound specification for a ${strategy} partition` };
  if (own.kind === "range" && own.values?.length === 0)
    return { sqlstate: "42P17", message: `empty range bound specified for partition "${name}"` };
  const overlapped = siblings.find((r) => r.name !== name && overlaps(own, readBound(r.partitionBound ?? "")));
  return overlapped === undefined
    ? null
    : { sqlstate: "42P17", message: `partition "${name}" would overlap partition "${overlapped.name}"` };
}

function overlaps(a: Bound, b: Bound): boolean {
  if (a.kind === "hash" && b.kind === "hash") {
    const common = gcd(a.modulus, b.modulus);
    return a.remainder % common === b.remainder % common;
  }
  if ((a.kind !== "list" && a.kind !== "range") || a.kind !== b.kind) return false;
  if (a.withNull && b.withNull) return true;
  if (a.values === null || b.values === null) return false;
  try {
    return intersect(a.values, b.values).length > 0;
  } catch (error) {
    if (error instanceof Incomparable) return false;
    throw error;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/**
 * Validated CHECKs of the table say at least what the bound says, so that no row need be read. `inside`: it is to hold nothing but
 * values of the bound (a partition that is attached); `outside`: none of them (the default partition).
 */
export function isProven(table: Relation, key: PartitionKey | undefined, bound: string, where: "inside" | "outside"): boolean {
  const own = readBound(bound);
  const [column] = key?.columns ?? [];
  if (key?.columns.length !== 1 || column === null || column === undefined) return false;
  if ((own.kind !== "list" && own.kind !== "range") || own.values === null) return false;
  const checks = table.constraints.flatMap((c) =>
    c.kind === "check" && c.validated && c.enforced && c.expression !== null ? [c.expression.sql] : [],
  );
  // A partition holds no NULL unless its list says so, and a CHECK passes on NULL; the default partition may hold it.
  const notNull =
    where === "outside"
      ? !own.withNull
      : own.withNull || table.columns.some((c) => c.name === column && c.notNull) || checks.some((sql) => saysNotNull(sql, column));
  if (!notNull || checks.length === 0) return false;
  try {
    const allowed = checks.map((sql) => valuesAllowed(sql, column)).reduce((a, b) => intersect(a, b));
    return where === "inside" ? isSubset(allowed, own.values) : intersect(allowed, own.values).length === 0;
  } catch (error) {
    if (error instanceof Incomparable) return false;
    throw error;
  }
}

function saysNotNull(sql: string, column: string): boolean {
  const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return !/\bor\b/i.test(sql) && new RegExp(`(?:"${name}"|\\b${name}\\b)\\s*\\)?\\s+is\\s+not\\s+null`, "i").test(sql);
}
