import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { quoteString } from "../changes/render.ts";
import { loss, type Loss } from "./loss.ts";

/** What a JSON type declares: paths with a type of their own, and paths that are never kept. */
interface Declared {
  readonly typed: ReadonlyMap<string, string>;
  readonly skipped: readonly string[];
  readonly skippedLike: readonly string[];
}

/** A JSON type becomes another. Limits of dynamic paths and types change where values are kept, and no value. Measured on 26.7. */
export function fromJson(a: ClickHouseType, b: ClickHouseType, v: string): readonly Loss[] {
  const [before, after] = [declaredBy(a), declaredBy(b)];
  const losses: Loss[] = [];
  for (const [path, type] of after.typed) {
    if (before.typed.get(path) === type) continue;
    const there = `has(JSONAllPaths(${v}), ${quoteString(path)})`;
    const text = `toString(getSubcolumn(${v}, ${quoteString(path)}))`;
    losses.push(
      loss(
        "unreadable",
        type === "String" ? "0" : `${there} AND accurateCastOrNull(${text}, ${quoteString(type)}) IS NULL`,
        `rows whose ${path} is no ${type} fail to convert, and every read of the column with them`,
      ),
    );
    if (!before.typed.has(path)) losses.push(loss("semantics", `NOT ${there}`, `rows without ${path} read as if they had its default`));
  }
  for (const path of after.skipped)
    if (!before.skipped.includes(path))
      losses.push(
        loss(
          "drops-values",
          `arrayExists(p -> p = ${quoteString(path)} OR startsWith(p, ${quoteString(`${path}.`)}), JSONAllPaths(${v}))`,
          `values at ${path} are dropped`,
        ),
      );
  for (const pattern of after.skippedLike)
    if (!before.skippedLike.includes(pattern))
      losses.push(
        loss(
          "drops-values",
          `arrayExists(p -> match(p, ${quoteString(pattern)}), JSONAllPaths(${v}))`,
          `values at paths like ${pattern} are dropped`,
        ),
      );
  return losses.filter(({ when }) => when !== "0");
}

function declaredBy({ parameters }: ClickHouseType): Declared {
  const typed = new Map<string, string>();
  const skipped: string[] = [];
  const skippedLike: string[] = [];
  for (const part of parametersOf(parameters ?? "")) {
    if (/^max_dynamic_(?:paths|types)\s*=/.test(part)) continue;
    const like = /^SKIP\s+REGEXP\s+'((?:[^'\\]|\\.)*)'$/i.exec(part)?.[1];
    const path = /^SKIP\s+(.+)$/i.exec(part)?.[1];
    const own = /^(`(?:[^`\\]|\\.)+`(?:\.`(?:[^`\\]|\\.)+`)*|\S+)\s+(.+)$/.exec(part);
    if (like !== undefined) skippedLike.push(like.replaceAll("\\\\", "\\"));
    else if (path !== undefined) skipped.push(path.replaceAll("`", ""));
    else if (own?.[1] !== undefined && own[2] !== undefined) typed.set(own[1].replaceAll("`", ""), own[2]);
  }
  return { typed, skipped, skippedLike };
}

/** Parted by the commas outside of parentheses and quotes. */
function parametersOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === "\\") at++;
      else if (char === quote) quote = "";
    } else if (char === "'" || char === "`") quote = char;
    else if (char === "(") depth++;
    else if (char === ")") depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}
