import type { EmitFormat, EmittedFile, Place } from "../contract.ts";
import { following } from "../names.ts";
import { backComment, backStatements, comments, direct, fileText, terminated, withSql, wrapped } from "../text.ts";

/** Numbered files as a person runs them with psql: a transaction is what the file itself says. */
export const plain: EmitFormat = {
  layout: "plain",
  outside: "each",
  backApart: () => false,
  write(all, place) {
    const drafts = withSql(all);
    const numbers = following(direct(place.files), drafts.length, place.now, "0001");
    const back = wayBack(place);
    return drafts.flatMap((draft, i): EmittedFile[] => {
      const { number = "", mark = "_" } = numbers[i] ?? {};
      const stem = `${number}${mark}${draft.name}`;
      const down = wrapped(backStatements(draft)).map(terminated);
      const up = [...comments(draft.header), "", ...wrapped(draft.up).map(terminated)];
      return back === null
        ? [{ file: `${stem}.sql`, text: fileText([...up, "", ...backComment(draft, wrapped)], place) }]
        : [
            { file: `${stem}.sql`, text: fileText(up, place) },
            { file: back(stem), text: fileText([...comments(draft.header.slice(0, 1)), "", ...down], place) },
          ];
    });
  },
};

/** Where the folder keeps its ways back: beside the file, or in a folder of their own. Null: it has none. */
function wayBack({ files }: Place): ((stem: string) => string) | null {
  for (const file of files) {
    const beside = /([._-])(down|undo|rollback|revert)\.sql$/.exec(file);
    if (beside !== null && !file.includes("/")) return (stem) => `${stem}${beside[1] ?? "."}${beside[2] ?? "down"}.sql`;
    const below = /^((?:down|undo|rollback|revert)s?)\/[^/]+\.sql$/.exec(file);
    if (below !== null) return (stem) => `${below[1] ?? "down"}/${stem}.sql`;
  }
  return null;
}
