import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Analysis } from "../../check/analyse.ts";
import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import type { SchemaState } from "../../model/schema.ts";
import { wholeSpan } from "../../text/span.ts";
import { commentMarks, commentOnMarks, type MarkedStatement, type SqlMark } from "./sql-marks.ts";

/** Marks in SQL: of the migrations, whatever is applied, and of the schema that folding began with. */
export async function sqlMarks(analysis: Analysis, grammar: Grammar, states: readonly SchemaState[]): Promise<SqlMark[]> {
  const { views, read, engine, dumps, origin } = analysis;
  const end = states.at(-1);
  const first = views[0];
  if (end === undefined || first === undefined || read === undefined) return [];
  const dumped = dumps.map((text): readonly MarkedStatement[] => statementsOf(engine, text, origin.name ?? "schema", end));
  const migrations = [...first.applied, ...first.judgedMigrations];
  const statements = migrations.flatMap((migration): readonly MarkedStatement[] => migration.statements);
  const marks: SqlMark[] = [...commentOnMarks(grammar, [...dumped.flat(), ...statements], end)];
  dumps.forEach((text, at) => marks.push(...commentMarks(text, dumped[at] ?? [], end)));
  const files = new Map<string, MarkedStatement[]>();
  for (const statement of statements) {
    if (!/\.sql$/i.test(statement.span.file)) continue;
    const list = files.get(statement.span.file);
    if (list === undefined) files.set(statement.span.file, [statement]);
    else list.push(statement);
  }
  for (const [file, own] of files) {
    const text = await readFile(resolve(analysis.options.cwd, file), "utf8").catch(() => null);
    if (text !== null) marks.push(...commentMarks(text, own, end));
  }
  return marks;
}

function statementsOf(engine: Analysis["engine"], sql: string, file: string, state: SchemaState): readonly MarkedStatement[] {
  if (!/deprecat/i.test(sql)) return [];
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan(file, sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  return engine.read(step).map((raw) => ({ sql: raw.sql, span: raw.span, changes: raw.tree === null ? [] : engine.changes(raw, state) }));
}
