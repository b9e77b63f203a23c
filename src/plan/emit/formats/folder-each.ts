import { nextDashed } from "../../../fix/tools/numbers.ts";
import type { Block, EmitFormat, EmittedFile, Place } from "../contract.ts";
import { following, stamp } from "../names.ts";
import { backComment, backStatements, comments, fileText, folders, terminated, withSql } from "../text.ts";

/** A folder for each migration. */
function folderEach(tool: {
  readonly layout: string;
  readonly up: string;
  readonly down: string;
  /** Whether a folder has its way back even where the others have none. */
  readonly always: boolean;
  /** Beside the scripts, where one of them runs outside of a transaction. */
  readonly settings: ((outside: boolean) => { readonly file: string; readonly text: string } | null) | null;
}): EmitFormat {
  const hasDown = ({ files }: Place): boolean => tool.always || files.some((file) => file.endsWith(`/${tool.down}`));
  return {
    layout: tool.layout,
    outside: "one-query",
    backApart: hasDown,
    write(all, place) {
      const drafts = withSql(all);
      const names = folders(place.files).filter((name) => /^\d/.test(name));
      const dashes = names.flatMap((name) => /^\d{4}-\d\d-\d\d-\d{6}(?=_)/.exec(name)?.[0] ?? []);
      const numbers = following(names, drafts.length, place.now, stamp(place.now));
      const withDown = hasDown(place);
      const text = ({ statements }: Block, header: readonly string[], more: readonly string[]): string =>
        fileText([...comments(header), "", ...statements.map(terminated), "", ...more], place);
      return drafts.flatMap((draft, i): EmittedFile[] => {
        const dashed = dashes.length === 0 ? null : nextDashed(dashes);
        if (dashed !== null) dashes.push(dashed);
        const folder = `${dashed ?? numbers[i]?.number ?? stamp(place.now)}_${draft.name}`;
        const back = backStatements(draft);
        const settings = tool.settings?.(draft.up.mode === "alone" || back.mode === "alone") ?? null;
        return [
          {
            file: `${folder}/${tool.up}`,
            text: text(draft.up, draft.header, withDown ? [] : backComment(draft)),
          },
          ...(withDown ? [{ file: `${folder}/${tool.down}`, text: text(back, [`The way back of ${draft.name}.`], []) }] : []),
          ...(settings === null ? [] : [{ file: `${folder}/${settings.file}`, text: fileText([settings.text], place) }]),
        ];
      });
    },
  };
}

/** Prisma sends `migration.sql` as one query: a statement that runs outside of a transaction stands alone in its file. */
export const prisma: EmitFormat = folderEach({
  layout: "prisma",
  up: "migration.sql",
  down: "down.sql",
  always: false,
  settings: null,
});

export const diesel: EmitFormat = folderEach({
  layout: "diesel",
  up: "up.sql",
  down: "down.sql",
  always: true,
  settings: (outside) => (outside ? { file: "metadata.toml", text: "run_in_transaction = false" } : null),
});
