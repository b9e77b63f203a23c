import type { Block, EmitFormat, EmittedFile, Place } from "../contract.ts";
import { following } from "../names.ts";
import { backStatements, comments, direct, fileText, terminated, withSql, wrapped } from "../text.ts";

/**
 * golang-migrate and its kin: `000004_x.up.sql` with `000004_x.down.sql`. A file is one query: what runs outside of a transaction is the
 * only statement of its file, everything else says BEGIN and COMMIT, as the project's own advice has it (MIGRATIONS.md).
 */
export const golangMigrate: EmitFormat = {
  layout: "golang-migrate",
  outside: "one-query",
  backApart: () => true,
  write: (drafts, place) => pairs(drafts, place, (block) => wrapped(block).map(terminated), "000001"),
};

interface Style {
  /** `.tx` (Bun): these run in a transaction, the others do not. */
  readonly tx: string;
  readonly mark: string;
  readonly words: readonly [string, string];
  /** Postgrator: `004.do.x.sql`. */
  readonly middle: boolean;
}

function styleOf(files: readonly string[]): Style {
  const tx = files.some((file) => /\.tx[._-](?:up|down)\.sql$/i.test(file)) ? ".tx" : "";
  for (const file of [...files].reverse()) {
    if (/^\d+\.do\b.*\.sql$/.test(file)) return { tx: "", mark: ".", words: ["do", "undo"], middle: true };
    const match = /([._-])(up|UP)\.sql$/.exec(file);
    if (match !== null) return { tx, mark: match[1] ?? ".", words: match[2] === "UP" ? ["UP", "DOWN"] : ["up", "down"], middle: false };
  }
  return { tx, mark: ".", words: ["up", "down"], middle: false };
}

/** Two files for each migration. @param body what a block is in this tool */
export function pairs(
  all: Parameters<EmitFormat["write"]>[0],
  place: Place,
  body: (block: Block) => readonly string[],
  first: string,
  head: (block: Block) => readonly string[] = () => [],
): readonly EmittedFile[] {
  const drafts = withSql(all);
  const files = direct(place.files);
  const style = styleOf(files);
  const numbers = following(files, drafts.length, place.now, first);
  return drafts.flatMap((draft, i): EmittedFile[] => {
    const { number = "", mark = "_" } = numbers[i] ?? {};
    const back = backStatements(draft);
    // Of a pair both ways have one stem.
    const inTx = style.tx !== "" && draft.up.mode === "transaction" && back.mode === "transaction";
    const name = (word: string): string =>
      style.middle ? `${number}.${word}.${draft.name}.sql` : `${number}${mark}${draft.name}${inTx ? style.tx : ""}${style.mark}${word}.sql`;
    const text = (block: Block, header: readonly string[]): string =>
      fileText([...head(block), ...comments(header), "", ...(inTx ? block.statements.map(terminated) : body(block))], place);
    return [
      { file: name(style.words[0]), text: text(draft.up, draft.header) },
      { file: name(style.words[1]), text: text(back, [`The way back of ${draft.name}.`]) },
    ];
  });
}
