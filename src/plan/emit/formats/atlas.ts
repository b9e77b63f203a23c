import type { EmitFormat } from "../contract.ts";
import { following, stamp } from "../names.ts";
import { backComment, comments, direct, fileText, terminated, withSql } from "../text.ts";

/** Atlas: one file each, in a transaction unless its first line says otherwise. `atlas migrate hash` brings atlas.sum up to date. */
export const atlas: EmitFormat = {
  layout: "atlas",
  outside: "each",
  backApart: () => false,
  write(all, place) {
    const drafts = withSql(all);
    const numbers = following(direct(place.files), drafts.length, place.now, stamp(place.now));
    return drafts.map((draft, i) => {
      const lines = [
        // A directive of the file ends with an empty line.
        ...(draft.up.mode === "alone" ? ["-- atlas:txmode none", ""] : []),
        ...comments(draft.header),
        "",
        ...draft.up.statements.map(terminated),
        "",
        ...backComment(draft),
      ];
      const { number = "", mark = "_" } = numbers[i] ?? {};
      return { file: `${number}${mark}${draft.name}.sql`, text: fileText(lines, place) };
    });
  },
};
