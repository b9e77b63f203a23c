import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Node } from "yaml";
import type { Span } from "../text/span.ts";
import { jsonError } from "./json-error.ts";
import { Places } from "./located.ts";
import type { Located, Unreadable } from "./located.ts";

/** Reads YAML or JSON with the place of every key and value. Anchors and `<<` merges are resolved. Never throws. */
export function readYaml(file: string, text: string, kind: "yaml" | "json"): Located | Unreadable {
  const lines = new LineCounter();
  const spanOf = (from: number, to: number): Span => {
    const start = lines.linePos(from);
    const end = lines.linePos(Math.max(from, to));
    return { file, line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
  };
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const strict = kind === "json" ? jsonError(source) : null;
  if (strict !== null) {
    lines.addNewLine(0);
    for (const match of source.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
    const help = "JSON has keys and text in double quotes, no comments and no trailing commas";
    return { errors: [{ span: spanOf(strict.offset, strict.offset), message: strict.message, help }] };
  }
  try {
    const document = parseDocument(source, { lineCounter: lines, prettyErrors: false, merge: kind === "yaml", version: "1.2" });
    const errors = [...document.errors, ...document.warnings].map((error) => ({
      span: spanOf(error.pos[0], error.pos[1]),
      message: lowerFirst(error.message.replace(/\s+/g, " ")),
      help: "",
    }));
    if (errors.length > 0) return { errors };
    const places = new Places();
    const whole = spanOf(0, 0);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    locate(document.contents, [], undefined, places, spanOf, 0);
    return { value, span: (path, part) => places.find(path, part, whole) };
  } catch (error) {
    // Aliases that multiply, nesting deeper than the stack.
    const whole: Span = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { errors: [{ span: whole, message: lowerFirst(error instanceof Error ? error.message : String(error)), help: "" }] };
  }
}

function locate(
  node: unknown,
  path: readonly PropertyKey[],
  key: Span | undefined,
  places: Places,
  spanOf: (from: number, to: number) => Span,
  depth: number,
): void {
  const range = (node as Node | null)?.range;
  if (range === null || range === undefined || depth > 100) {
    if (key !== undefined) places.set(path, key, key);
    return;
  }
  places.set(path, spanOf(range[0], range[1]), key);
  // What stands behind an alias is read where it is used: a problem in it is shown at the alias.
  if (isAlias(node)) return;
  if (isMap(node)) {
    for (const pair of node.items) {
      const keyRange = (pair.key as Node | null)?.range;
      const keySpan = keyRange ? spanOf(keyRange[0], keyRange[1]) : undefined;
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      locate(pair.value, [...path, name], keySpan, places, spanOf, depth + 1);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) locate(item, [...path, index], undefined, places, spanOf, depth + 1);
  }
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
