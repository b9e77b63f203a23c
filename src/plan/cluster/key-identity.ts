import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import { canonicalExpression } from "../../engines/clickhouse/changes/render.ts";
import type { ClickHouseTable } from "../../model/clickhouse/schema.ts";

/** What another key means for the rows of an engine. */
export type Identity =
  | { readonly kind: "rows" }
  /** Merges keep the newest of the rows of one key, and the key stays the same set of columns. */
  | { readonly kind: "final"; readonly says: string }
  | { readonly kind: "refused"; readonly says: string; readonly help: string };

const BY_HAND = "make a second table with the new key, fill it from what the old one is filled from, compare totals, then exchange the two";

/** @param sorting the new sorting key; null: it stays */
export function identityOf(table: ClickHouseTable, sorting: string | null): Identity {
  const family = table.engine?.family ?? "";
  if (family === "MergeTree") return { kind: "rows" };
  const before = (table.orderBy ?? []).map(({ expression }) => expression.sql);
  const after = sorting === null ? before : keyExpressions(sorting);
  const [gone, added] = [before.filter((one) => !after.includes(one)), after.filter((one) => !before.includes(one))];
  const key = `(${before.join(", ")})`;
  const changed =
    gone.length === 0 && added.length === 0
      ? null
      : `rows are one by ${key} now, and would be by (${after.join(", ")})${gone.length > 0 ? `: rows that differ only in ${gone.join(", ")} would become one` : ""}${added.length > 0 ? `${gone.length > 0 ? ", and" : ":"} rows that differ in ${added.join(", ")} would no longer do` : ""}`;
  if (family === "ReplacingMergeTree") {
    if (changed !== null) return { kind: "refused", says: changed, help: `that is another table, not another order: ${BY_HAND}` };
    if ((table.engine?.familyArgs.length ?? 0) === 0)
      return {
        kind: "refused",
        says: `${table.name} is a ReplacingMergeTree without a version: of rows with one key the last inserted stays, and what is copied is inserted after what has arrived since`,
        help: BY_HAND,
      };
    return {
      kind: "final",
      says: `${table.name} is a ReplacingMergeTree: the key is what makes rows one. It stays the same set, ${key}, so the rows that remain stay the same; both tables are compared with FINAL`,
    };
  }
  return {
    kind: "refused",
    says: `${table.name} is a ${family}: merges add up or cancel rows by their key${changed === null ? "" : ` (${changed})`}, so what was copied cannot be told from what has arrived since`,
    help: BY_HAND,
  };
}

/** The parts of a key in the server's spelling; empty where it cannot be read. */
export function keyExpressions(key: string): readonly string[] {
  const [parsed] = parseScript(`SELECT tuple(${inner(key)})`);
  if (parsed?.statement.kind !== "select" || parsed.statement.query.kind !== "select") return [];
  const [column] = parsed.statement.query.columns;
  return column?.kind === "function" ? column.arguments.map(canonicalExpression) : [];
}

/** `(a, b)` → `a, b`; directions are no part of what a row is. */
function inner(key: string): string {
  const text = key.trim().replace(/^tuple\s*(?=\()/i, "");
  const bare = wraps(text) ? text.slice(1, -1) : text;
  return bare.replaceAll(/\s+(?:DESC|ASC)\b/gi, "");
}

function wraps(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0 && at < text.length - 1) return false;
  }
  return true;
}
