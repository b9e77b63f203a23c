import type { Block, EmitFormat } from "../contract.ts";
import { following } from "../names.ts";
import { backComment, comments, direct, fileText, terminated, withSql } from "../text.ts";
import { pairs } from "./golang-migrate.ts";

/**
 * sqlx: pairs, or single files where the folder has those. Each runs in a transaction unless its first line says otherwise; then the
 * file is one query, and holds one statement.
 */
export const sqlx: EmitFormat = {
  layout: "sqlx",
  outside: "one-query",
  backApart: ({ files }) => inPairs(direct(files)),
  write(all, place) {
    const files = direct(place.files);
    const body = ({ statements }: Block): readonly string[] => statements.map(terminated);
    const head = ({ mode }: Block): readonly string[] => (mode === "alone" ? ["-- no-transaction"] : []);
    if (inPairs(files)) return pairs(all, place, body, "0001", head);
    const drafts = withSql(all);
    const numbers = following(files, drafts.length, place.now, "0001");
    return drafts.map((draft, i) => {
      const { number = "", mark = "_" } = numbers[i] ?? {};
      const lines = [...head(draft.up), ...comments(draft.header), "", ...body(draft.up), "", ...backComment(draft)];
      return { file: `${number}${mark}${draft.name}.sql`, text: fileText(lines, place) };
    });
  },
};

function inPairs(files: readonly string[]): boolean {
  return files.length === 0 || files.some((file) => file.endsWith(".up.sql"));
}
