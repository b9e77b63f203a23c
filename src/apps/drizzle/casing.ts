export type Casing = "snake_case" | "camelCase" | null;

/** The database name of a column that names none, as drizzle-orm's `casing.ts` derives it from the key. */
export function cased(key: string, casing: Casing): string {
  if (casing === null) return key;
  const words = key.replace(/['\u2019]/g, "").match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];
  if (casing === "snake_case") return words.map((word) => word.toLowerCase()).join("_");
  return words.map((word, i) => (i === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}
