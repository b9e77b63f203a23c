import { dirname, join } from "node:path";
import { nextToken, type Token } from "../../engines/postgres/parse/lexer.ts";
import { split } from "../../engines/postgres/parse/split.ts";
import { folderOf, joinPath } from "../../sources/files/paths.ts";
import { refused, type Refusal } from "../contract.ts";
import { insertion } from "../edits.ts";
import { textFile, type TextFile } from "../text-file.ts";
import { NOTHING, type Arrangement, type Surroundings } from "./tool.ts";

const commentsOf = new WeakMap<TextFile, readonly Token[]>();

/** Comments of a file that a tool reads as its markers. */
export function markers(file: TextFile, pattern: RegExp): readonly Token[] {
  let comments = commentsOf.get(file);
  if (comments === undefined) {
    const found: Token[] = [];
    for (let token = nextToken(file.text, 0); token !== null; token = nextToken(file.text, token.end)) {
      if (token.kind === "comment" && /^--[ \t]*(?:\+|migrate:)/.test(file.text.slice(token.start, token.start + 80))) found.push(token);
    }
    commentsOf.set(file, (comments = found));
  }
  return comments.filter((token) => pattern.test(file.text.slice(token.start, token.end)));
}

/** A marker is added above or at the end of the line that begins the way forward. It holds for the way back too where `both`. */
export function markerLine(options: {
  readonly up: RegExp;
  readonly down: RegExp;
  readonly above?: string;
  readonly append?: string;
  readonly both: boolean;
}): (around: Surroundings) => Arrangement | Refusal {
  return ({ problem }) => {
    const { file } = problem.statement;
    const ups = markers(file, options.up);
    const [up] = ups;
    if (up === undefined || ups.length > 1) {
      return refused("the file has not one marker of the way forward", "say in the file that it runs outside of a transaction");
    }
    const [down] = markers(file, options.down);
    if (options.both && down !== undefined && split(file.text.slice(down.end)).length > 1) {
      return refused(
        "its way back holds several statements, which would lose their transaction, too",
        "put the statement into a migration of its own that says NO TRANSACTION",
      );
    }
    const line = file.text.slice(up.start, up.end);
    const end = up.start + line.trimEnd().length;
    const edit =
      options.above === undefined ? insertion(end, ` ${options.append ?? ""}`) : insertion(up.start, `${options.above}${file.newline}`);
    return { ...NOTHING, edits: [edit] };
  };
}

/** A line at the very top of the file: sqlx, Atlas. */
export function firstLine(line: string, blankAfter: boolean): (around: Surroundings) => Arrangement | Refusal {
  return ({ problem }) => {
    const { file } = problem.statement;
    if (file.mark) {
      return refused(
        `the file begins with a byte-order mark, behind which the tool does not see \`${line}\``,
        "save the file without it, and run --fix again",
      );
    }
    return { ...NOTHING, edits: [insertion(0, `${line}${file.newline}${blankAfter ? file.newline : ""}`)] };
  };
}

/** A setting in a file beside the migration: Flyway's `.sql.conf`, Diesel's `metadata.toml`. */
export function settingBeside(
  nameOf: (path: string) => string,
  setting: string,
  pattern: RegExp,
): (around: Surroundings) => Arrangement | Refusal {
  return ({ problem, read }) => {
    const { file } = problem.statement;
    const name = nameOf(file.absolute);
    const absolute = join(dirname(file.absolute), name);
    const path = joinPath(folderOf(file.path), name);
    const bytes = read(absolute);
    if (bytes === null) return { ...NOTHING, files: [{ absolute, path, text: setting + file.newline }] };
    const text = textFile(path, absolute, bytes)?.text;
    if (text === undefined || pattern.test(text)) return refused(`${path} says something else`, `write \`${setting}\` into it`);
    return {
      ...NOTHING,
      files: [{ absolute, path, text: `${text}${text === "" || text.endsWith("\n") ? "" : file.newline}${setting}${file.newline}` }],
    };
  };
}
