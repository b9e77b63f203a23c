import type { Block, Draft, Place } from "./contract.ts";

/** Says nothing to the database: a look undoes nothing, and neither does going back over it. */
export const NOTHING: Block = { mode: "transaction", statements: ["SELECT 1"] };

export function inTransaction(sql: readonly string[], lockTimeout: string): Block {
  return { mode: "transaction", statements: [`SET LOCAL lock_timeout = '${lockTimeout}'`, ...sql] };
}

/** `-- …` lines. */
export function comments(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split("\n")).map((line) => (line === "" ? "--" : `-- ${line}`));
}

/** A statement with its semicolon; on a line of its own where a comment would swallow it. */
export function terminated(statement: string): string {
  const text = statement.trimEnd();
  const last = text.slice(text.lastIndexOf("\n") + 1);
  return last.includes("--") ? `${text}\n;` : `${text};`;
}

/** A semicolon inside of it: tools that cut at semicolons have to be told where it ends. */
export function holdsSemicolon(statement: string): boolean {
  return statement.includes(";");
}

/** Lines as the folder ends them. */
export function fileText(lines: readonly string[], { newline }: Pick<Place, "newline">): string {
  const text = lines
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trimEnd();
  return `${text}\n`.replaceAll("\n", newline);
}

/** BEGIN … COMMIT where the tool gives no transaction by itself. */
export function wrapped({ mode, statements }: Block): readonly string[] {
  return mode === "alone" ? statements : ["BEGIN", ...statements, "COMMIT"];
}

/** The way back as statements; where there is none, one that fails and says why: a tool that goes back must not take silence for success. */
export function backStatements({ down, plan, step }: Draft): Block {
  if (down.mode !== "none") return down;
  return { mode: "transaction", statements: [raise(`${plan}: step ${step.name} cannot be undone: ${down.why}`)] };
}

/** A block that raises an error. */
export function raise(message: string): string {
  const text = message.replaceAll("%", "%%").replaceAll("'", "''").replaceAll("$tread$", "");
  return `DO $tread$\nBEGIN\n  RAISE EXCEPTION '${text}';\nEND\n$tread$`;
}

export type SqlDraft = Draft & { readonly up: Block };

/** A draft that says nothing to the database has no file in a tool that writes SQL. */
export function withSql(drafts: readonly Draft[]): readonly SqlDraft[] {
  return drafts.flatMap((draft) => (draft.up === null ? [] : [{ ...draft, up: draft.up }]));
}

/** Files that lie in the folder itself. */
export function direct(files: readonly string[]): readonly string[] {
  return files.filter((file) => !file.includes("/"));
}

/** Folders that lie in the folder itself. */
export function folders(files: readonly string[]): readonly string[] {
  return [...new Set(files.flatMap((file) => (file.includes("/") ? [file.slice(0, file.indexOf("/"))] : [])))];
}

/** Both ways share one transaction mode: without a transaction where either of them needs that. */
export function outsideOfTransaction(draft: SqlDraft): boolean {
  return draft.up.mode === "alone" || draft.down.mode === "alone";
}

/** `SET LOCAL` says nothing outside of a transaction. */
export function withoutLocals({ statements }: Pick<Block, "statements">): readonly string[] {
  return statements.filter((statement) => !/^SET LOCAL\b/.test(statement));
}

/** The way back as a comment, for tools that have none. @param more around a block, as `wrapped` */
export function backComment(
  draft: Draft,
  statements: (block: Block) => readonly string[] = (block) => block.statements,
): readonly string[] {
  const back = backStatements(draft);
  if (back.statements.length === 1 && back.statements[0] === "SELECT 1") return [];
  if (draft.down.mode === "none") return comments([`There is no way back: ${draft.down.why}`]);
  // Inside of a comment it would suppress what stands behind it.
  const said = statements(back).map((statement) => terminated(statement.replaceAll(/^-- tread-ignore .*\n/gm, "")));
  return comments(["The way back:", ...said]);
}
