import type { Declared, DeprecationMark } from "../../model/query.ts";
import type { Files } from "../../sources/source.ts";
import { commentMark, markedText, type MarkedText } from "../../text/deprecation-mark.ts";
import type { Node } from "../../text/syntax.ts";
import type { Module } from "./modules.ts";
import type { DrizzleTable } from "./tables.ts";

const texts = new WeakMap<Module, MarkedText | null>();

/** A table and its columns as the code defines them, with the `@deprecated` (or plain comment) beside each. */
export function drizzleDeclarations(table: DrizzleTable, qualified: string, files: Files): readonly Declared[] {
  if (table.kind !== "table") return [];
  const declared = (node: Node, module: Module, last: number): Pick<Declared, "path" | "span" | "mark"> => {
    const { startPosition: start, endPosition: end } = node;
    const span = {
      file: files.display(module.path),
      line: start.row + 1,
      column: start.column + 1,
      endLine: end.row + 1,
      endColumn: end.column + 1,
    };
    return { path: module.path, span, mark: markOf(module, span.line, last === 0 ? span.endLine : span.line, last !== 0) };
  };
  const whole: Declared = {
    kind: "table",
    table: qualified,
    column: null,
    owner: table.constant,
    field: null,
    ...declared(table.node, table.module, 1),
  };
  const columns = table.columns.flatMap((column): Declared[] =>
    column.at === undefined
      ? []
      : [
          {
            kind: "column",
            table: qualified,
            column: column.name,
            owner: ownerOf(column.at.node) ?? table.constant,
            field: column.key,
            ...declared(column.at.node, column.at.module, 0),
          },
        ],
  );
  return [whole, ...columns];
}

function markOf(module: Module, first: number, last: number, body: boolean): DeprecationMark | null {
  let text = texts.get(module);
  if (text === undefined) {
    // The root begins with the first token: the lines above it count too.
    text = markedText("\n".repeat(module.root.startPosition.row) + module.root.text, "slashes");
    texts.set(module, text);
  }
  const comment = text === null ? null : commentMark(text, first, last, body);
  return comment === null ? null : { by: /^@deprecated\b/i.test(comment.text) ? "@deprecated" : "comment", ...comment };
}

/** The constant whose object holds the key: a shared object, for a column that is spread into the table. */
function ownerOf(node: Node): string | null {
  for (let n = node.parent; n !== null; n = n.parent)
    if (n.type === "variable_declarator") return n.childForFieldName("name")?.text ?? null;
  return null;
}
