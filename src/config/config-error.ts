import type { Span } from "../text/span.ts";
import { visible } from "../text/visible.ts";

/** One thing wrong in a configuration, a profile or a setting given on the command line. */
export interface ConfigProblem {
  /** Null when it has no place in a file (a command-line option). */
  readonly span: Span | null;
  /** `environments.cloud.postgres`: the setting, or empty for the file as a whole. */
  readonly setting: string;
  readonly message: string;
  readonly help: string;
}

/** The settings cannot be used: exit code 2. `message` is complete and ready to print; `problems` are the same facts as data. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly exitCode = 2;
  readonly problems: readonly ConfigProblem[];

  constructor(subject: string, problems: readonly ConfigProblem[]) {
    super(describe(subject, problems));
    this.problems = problems;
  }
}

function describe(subject: string, problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = [`error: ${subject} has ${count}`, ""];
  for (const problem of problems) {
    const place = problem.span === null ? "" : `${problem.span.file}:${problem.span.line}:${problem.span.column}  `;
    const setting = problem.setting === "" ? "" : `${problem.setting}: `;
    lines.push(`  ${place}${setting}${problem.message}`);
    for (const help of problem.help === "" ? [] : problem.help.split("\n")) lines.push(`      ${help}`);
  }
  lines.push("", "  Settings and their defaults: `tread explain config`");
  // Values are quoted back to the reader: an escape sequence in a config must not reach the terminal.
  return lines.map((line) => visible(line)).join("\n");
}
