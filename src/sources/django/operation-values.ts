import type { PyValue } from "./values.ts";
import { isKind, itemsOf, stringsOf } from "./values.ts";

/** A dict, or a list of pairs, with names as keys; null when it is neither. */
export function pairs(value: PyValue | undefined): readonly (readonly [string, PyValue])[] | null {
  if (value === undefined) return [];
  if (isKind(value, "dict")) {
    const entries: [string, PyValue][] = [];
    for (const [k, v] of value.entries) {
      if (typeof k !== "string") return null;
      entries.push([k, v]);
    }
    return entries;
  }
  const items = itemsOf(value);
  if (items === null) return null;
  const entries: [string, PyValue][] = [];
  for (const item of items) {
    const [name, field] = itemsOf(item) ?? [];
    if (typeof name !== "string" || field === undefined) return null;
    entries.push([name, field]);
  }
  return entries;
}

/** A dict with the entries that have names; null when it is none. */
export function record(value: PyValue | undefined): Readonly<Record<string, PyValue>> | null {
  if (value === undefined || value === null) return {};
  if (!isKind(value, "dict")) return null;
  return Object.fromEntries(value.entries.flatMap(([k, v]) => (typeof k === "string" ? [[k, v] as const] : [])));
}

/** `normalize_together`: one tuple of names or several; null when it cannot be told. */
export function together(value: PyValue | undefined): readonly (readonly string[])[] | null {
  if (value === undefined || value === null) return [];
  const single = stringsOf(value);
  if (single !== null) return single.length === 0 ? [] : [single];
  const items = itemsOf(value);
  if (items === null) return null;
  const result: (readonly string[])[] = [];
  for (const item of items) {
    const names = stringsOf(item);
    if (names === null) return null;
    result.push(names);
  }
  return result;
}
