import type { Declared, DeprecationMark } from "../../model/query.ts";
import { commentMark, markedText, type MarkedText } from "../../text/deprecation-mark.ts";
import type { PrismaField, PrismaModel, PrismaSchema } from "./psl.ts";
import { implicitTables } from "./queries.ts";

/** One file of a schema: its path in the tree, as messages show it, and its text. */
interface SchemaText {
  readonly path: string;
  readonly shown: string;
  readonly text: string;
}

/**
 * Models and fields of a Prisma schema with what marks them as deprecated: `/// @deprecated`, or a plain comment. A relation field
 * stands for the columns of its key; two lists that face each other stand for their join table.
 */
export function prismaDeclarations(schema: PrismaSchema, texts: readonly SchemaText[]): readonly Declared[] {
  const marked = new Map<string, MarkedText | null>(texts.map(({ shown, text }) => [shown, markedText(text, "slashes")]));
  const paths = new Map(texts.map(({ shown, path }) => [shown, path]));
  const markAt = (at: PrismaField["span"], body: boolean): DeprecationMark | null => {
    const text = marked.get(at.file) ?? null;
    const comment = text === null ? null : commentMark(text, at.line, body ? at.line : at.endLine, body);
    return comment === null ? null : { by: /^@deprecated\b/i.test(comment.text) ? "@deprecated" : "comment", ...comment };
  };
  const found: Declared[] = [];
  const byName = new Map(schema.models.map((model) => [model.name, model]));
  for (const model of schema.models) {
    if (model.kind !== "model") continue;
    const table = `${model.schema ?? schema.defaultSchema}.${model.table}`;
    const place = (at: PrismaField["span"]): Pick<Declared, "path" | "span"> => ({ path: paths.get(at.file) ?? at.file, span: at });
    const base = { table, owner: model.name } as const;
    found.push({ ...base, kind: "table", column: null, field: null, ...place(model.span), mark: markAt(model.span, true) });
    for (const field of model.fields) {
      const mark = markAt(field.span, false);
      const columns = byName.has(field.type) ? (mark === null ? [] : keyColumns(model, field)) : [field.column];
      for (const column of columns) found.push({ ...base, kind: "column", column, field: field.name, ...place(field.span), mark });
    }
  }
  for (const { schema: own, table, model, field, back } of implicitTables(schema, byName)) {
    const mark = markAt(field.span, false);
    const at = mark === null && markAt(back.span, false) !== null ? back : field;
    found.push({
      kind: "m2m",
      table: `${own}.${table}`,
      column: null,
      owner: at === back ? field.type : model.name,
      field: at.name,
      path: paths.get(at.span.file) ?? at.span.file,
      span: at.span,
      mark: markAt(at.span, false),
    });
  }
  return found;
}

function keyColumns(model: PrismaModel, relation: PrismaField): readonly string[] {
  return (relation.relation?.fields ?? []).flatMap((name) => model.fields.find((field) => field.name === name)?.column ?? []);
}
