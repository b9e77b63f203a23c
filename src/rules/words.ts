import type { JudgedStatement } from "../model/judged.ts";
import type { Expression, TypeRef } from "../model/schema.ts";
import { displayName } from "../model/schema.ts";

export { counted, grouped as count } from "../text/numbers.ts";
export { sqlName, sqlTable } from "../text/sql-name.ts";

/** `812 GB`: decimal units, as disks are sold. */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount >= 100 || unit === 0 ? Math.round(amount) : Number(amount.toFixed(1))} ${units[unit]}`;
}

/** `2 s`, `250 ms` */
export function milliseconds(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(1))} s` : `${value} ms`;
}

/** `a`, `a and b`, `a, b and c` */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A table or column in a sentence: in backticks, without `public.`. */
export function named(name: string): string {
  return `\`${displayName(name)}\``;
}

export function namedList(names: readonly string[]): string {
  return list(names.map(named));
}

/** `character varying(20)[]`, user types without `public.`. */
export function typeName(type: TypeRef): string {
  const modifiers = type.modifiers.length === 0 ? "" : `(${type.modifiers.join(",")})`;
  const withTimeZone = /^(time|timestamp)( with(?:out)? time zone)$/.exec(type.name);
  const name = withTimeZone ? `${withTimeZone[1]}${modifiers}${withTimeZone[2]}` : `${displayName(type.name)}${modifiers}`;
  return name + "[]".repeat(type.dimensions);
}

/** A name for something new, inside Postgres' 63 bytes. */
export function newName(...parts: readonly string[]): string {
  return parts.join("_").slice(0, 63);
}

/** The statement comes from a Django operation, so the reader edits Python and not SQL. */
export function isDjango(statement: JudgedStatement): boolean {
  return statement.migration.source === "django";
}

/** The help in the reader's own language. */
export function sayTo(statement: JudgedStatement, words: { readonly sql: string; readonly django: string }): string {
  return isDjango(statement) ? words.django : words.sql;
}

/** A default that gives a value, unlike none or a literal NULL. */
export function givesValue(expression: Expression | null): expression is Expression {
  return expression !== null && !expression.isNull;
}

/** `the column` → `The column` */
export function capital(sentence: string): string {
  // A name is written as it is: `default.visits has …`.
  if (/^[\w$]+\.[\w$]/.test(sentence)) return sentence;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Joins the sentences that apply. */
export function sentences(...parts: readonly (string | null | false)[]): string {
  return parts.filter((part): part is string => typeof part === "string" && part !== "").join(" ");
}

/** `Map.groupBy` for Node 20. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
