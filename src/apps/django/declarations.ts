import { keyword, stringValue } from "../../sources/django/run-python/python-shapes.ts";
import type { PyNode, PythonModule } from "../../sources/django/python.ts";
import type { ProjectState } from "../../sources/django/state.ts";
import type { Declared, DeprecationMark } from "../../model/query.ts";
import { commentMark, markedText, saysDeprecated, type MarkedText } from "../../text/deprecation-mark.ts";
import type { CodeIndex } from "./code-index.ts";
import { metaOption, type DeclaredField, type ModelClass } from "./model-class.ts";
import type { Reconciled } from "./reconcile.ts";
import { qualified } from "./sql.ts";

/**
 * Tables, columns and join tables as the classes of the version declare them, with what marks them as deprecated: a comment beside the
 * field or class, a helper around the field (`deprecate_field(…)`), `db_comment`, `help_text`, a decorator or the docstring.
 * A field that an abstract base declares stands for the column of each of its models.
 */
export function declarations(index: CodeIndex, state: ProjectState, { models, classes }: Reconciled): readonly Declared[] {
  const texts = new Map<PythonModule, MarkedText | null>();
  const textOf = (module: PythonModule): MarkedText | null => {
    let text = texts.get(module);
    if (text === undefined) {
      text = markedText(module.text, "python");
      texts.set(module, text);
    }
    return text;
  };
  const found: Declared[] = [];
  for (const [label, cls] of classes) {
    const model = state.models.get(label);
    const running = models.get(label);
    if (model === undefined || running === null) continue;
    const table = qualified(running.table);
    found.push({
      kind: "table",
      table,
      column: null,
      owner: model.name,
      field: null,
      path: cls.module.path,
      span: (cls.node.child("name") ?? cls.node).span,
      mark: classMark(cls, textOf(cls.module)),
    });
    const place = (declared: DeclaredField): Pick<Declared, "owner" | "field" | "path" | "span" | "mark"> => ({
      owner: ownerOf(declared.node) ?? model.name,
      field: declared.name,
      path: declared.node.module.path,
      span: declared.node.span,
      mark: fieldMark(declared, textOf(declared.node.module), index),
    });
    const known = new Set<string>();
    for (const field of model.fields) {
      known.add(field.name);
      const declared = cls.fields.get(field.name);
      if (declared === undefined || declared.kind === "removed") continue;
      const join = field.relation?.kind === "many-to-many" && field.relation.through === null ? field.relation.joinTable : null;
      const column = stringValue(keyword(declared.call, "db_column")) ?? field.column;
      if (join !== null) found.push({ kind: "m2m", table: qualified(join.name), column: null, ...place(declared) });
      else if (column !== null) found.push({ kind: "column", table, column, ...place(declared) });
    }
    for (const column of running.columns) {
      const declared = known.has(column.field) ? undefined : cls.fields.get(column.field);
      if (declared !== undefined) found.push({ kind: "column", table, column: column.column, ...place(declared) });
    }
  }
  return found;
}

/** The class whose body holds the node: a base of the model, for what it inherits. */
function ownerOf(node: PyNode): string | null {
  for (let n = node.parent; n !== null; n = n.parent) if (n.type === "class_definition") return n.child("name")?.text ?? null;
  return null;
}

const SAYS = ["db_comment", "help_text", "verbose_name"] as const;

function fieldMark(declared: DeclaredField, text: MarkedText | null, index: CodeIndex): DeprecationMark | null {
  const { node } = declared;
  const value = node.child("right");
  const helper = value?.type === "call" ? (value.child("function")?.text ?? "") : "";
  const comment = text === null ? null : commentMark(text, node.span.line, endLine(node));
  // What the helper does decides; what it says stands in the comment.
  if (declared.kind === "deprecated" || /deprecat/i.test(helper))
    return { by: `${helper}(…)`, text: comment?.text ?? oneLine(value?.text ?? node.text), line: node.span.line };
  if (text === null) return null;
  if (comment !== null) return { by: "comment", ...comment };
  for (const option of SAYS) {
    const given = keyword(declared.call, option);
    const said = given === null ? null : literal(given, index);
    if (said !== null && saysDeprecated(said)) return { by: option, text: oneLine(said), line: given?.span.line ?? node.span.line };
  }
  return null;
}

function classMark(cls: ModelClass, text: MarkedText | null): DeprecationMark | null {
  if (text === null) return null;
  const { node } = cls;
  const decorators = node.parent?.type === "decorated_definition" ? node.parent.children.filter((c) => c.type === "decorator") : [];
  const decorator = decorators.find((d) => /deprecat/i.test(d.text));
  if (decorator !== undefined) return { by: "decorator", text: oneLine(decorator.text), line: decorator.span.line };
  const body = node.child("body");
  const header =
    body === null ? node.span.line : Math.max(node.span.line, (node.child("superclasses") ?? node.child("name") ?? node).span.endLine);
  const comment = commentMark(text, node.span.line, header, true);
  if (comment !== null) return { by: "comment", ...comment };
  const said = metaOption(node, "db_table_comment");
  const table = said === null ? null : stringValue(said);
  if (table !== null && said !== null && saysDeprecated(table))
    return { by: "db_table_comment", text: oneLine(table), line: said.span.line };
  const first = body?.namedChildren[0];
  const doc = first?.type === "expression_statement" ? first.namedChildren[0] : undefined;
  const docstring = doc?.type === "string" ? stringValue(doc) : null;
  if (docstring !== null && /^\W*deprecated\b/i.test(docstring))
    return { by: "docstring", text: oneLine(docstring), line: doc?.span.line ?? node.span.line };
  return leadingComment(cls, text);
}

/** `# DEPRECATED` as the first thing in the body, before any field. */
function leadingComment(cls: ModelClass, text: MarkedText): DeprecationMark | null {
  const first = cls.node.child("body")?.namedChildren[0];
  const from = cls.node.span.line + 1;
  const until = first?.span.line ?? from;
  // Where the block ends with a field right below it, it may be the field's.
  if (until <= from || text.lines[until - 2]?.comment !== null) return null;
  for (let line = from; line < until; line++) {
    const comment = text.lines[line - 1]?.comment ?? null;
    if (comment !== null && saysDeprecated(comment)) return { by: "comment", text: oneLine(comment), line };
  }
  return null;
}

function literal(node: PyNode, index: CodeIndex): string | null {
  const plain = stringValue(node);
  if (plain !== null) return plain;
  // `_("DEPRECATED")`, and a constant of the module.
  if (node.type === "call") return stringValue(node.child("arguments")?.namedChildren[0] ?? null);
  const found = node.type === "identifier" ? index.resolve(node.module, node.text) : null;
  return found?.kind === "value" ? stringValue(found.node) : null;
}

function endLine(node: PyNode): number {
  return node.span.endLine;
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  return flat.length > 160 ? `${flat.slice(0, 157)}…` : flat;
}
