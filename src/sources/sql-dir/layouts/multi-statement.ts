import type { Problem } from "../../../model/migration.ts";
import { spanWithin } from "../../../text/span.ts";
import type { Draft, Folder } from "../layout.ts";
import { piecesOf } from "../pieces.ts";

/**
 * How a tool sends a script to ClickHouse, which takes one statement per query (error 62 otherwise):
 * - `one-query`: the text as it is; several statements are refused.
 * - `every-semicolon`: cut at each semicolon, those in strings and comments too.
 */
export type Sending = "one-query" | "every-semicolon";

/** What will not reach ClickHouse as it stands in the files. @param tool as it calls itself; `how` ends the help with what to do */
export function sendingProblems(folder: Folder, drafts: readonly Draft[], tool: string, sending: Sending, help: string): Problem[] {
  if (folder.database !== "clickhouse") return [];
  return drafts.flatMap(({ path, parts }): Problem[] => {
    const text = folder.text(path);
    for (const { start, end } of parts) {
      const { statements, hiddenSemicolons } = piecesOf(text.slice(start, end));
      const second = statements[1];
      const hidden = hiddenSemicolons[0];
      const at = sending === "one-query" ? second?.start : hidden;
      if (at === undefined) continue;
      const file = { file: folder.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 };
      const message =
        sending === "one-query"
          ? `${file.file}: ${tool} sends these ${statements.length} statements as one query, and ClickHouse takes one statement per query (code 62)`
          : `${file.file}: ${tool} cuts at every semicolon, also at this one inside of a string or a comment`;
      return [{ code: "one-query", message, help, span: spanWithin(file, text, start + at, start + at + 1), fatal: false }];
    }
    return [];
  });
}
