import type { CodeFacts } from "../../../model/migration.ts";
import type { Abstract } from "./abstract-values.ts";
import { withCopies } from "./copies.ts";
import type { RunPythonInput } from "./input.ts";
import { Interpreter } from "./interpreter.ts";
import { Recorder } from "./recorder.ts";

export type { RunPythonInput } from "./input.ts";

/**
 * Reads the code of a RunPython without running it: which tables it reads and writes, row by row or in batches, and the SQL that it
 * sends itself. What cannot be understood makes the facts opaque, with the reason and its place; what was understood is still in
 * them. Pure apart from reading files of the repository through `input`.
 */
export function readRunPython(input: RunPythonInput): CodeFacts {
  if (input.functionName.endsWith("RunPython.noop") || input.functionName === "noop") return { opaque: null, accesses: [] };
  if (input.code === null) {
    return { opaque: `the code of \`${input.functionName}\` is not in the repository`, accesses: [] };
  }
  const recorder = new Recorder(input);
  const interpreter = new Interpreter(input, recorder);
  const fn = input.code.type === "decorated_definition" ? (input.code.child("definition") ?? input.code) : input.code;
  if (fn.hasError) recorder.giveUp(`a syntax error in \`${input.functionName}\``, fn.span);
  const args: Abstract[] = [{ kind: "apps" }, { kind: "schema-editor" }];
  try {
    interpreter.call(fn, args, new Map(), null);
  } catch (error) {
    // A reader of foreign code must not take the check down with it: the migration is then opaque, and says so.
    recorder.giveUp(`\`${input.functionName}\` could not be read: ${error instanceof Error ? error.message : String(error)}`, fn.span);
  }
  const sql = [...recorder.sql.values()];
  const { copies } = recorder;
  const facts: CodeFacts = {
    opaque: recorder.opaque,
    accesses: [...recorder.accesses.values()].map((access) => withCopies(access, copies)),
  };
  return sql.length > 0 ? { ...facts, sql } : facts;
}
