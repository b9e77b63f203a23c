import type { EmitFormat, EmittedFile } from "../contract.ts";
import { numberAfter } from "../names.ts";
import { backComment, backStatements, comments, fileText, terminated, withSql } from "../text.ts";

const VERSIONED = /(?:^|\/)([VUB])(\d+(?:[._]\d+)*)__[^/]+\.sql$/i;

/**
 * Flyway: `V7.3__x.sql`, with an undo script where the others have one. CONCURRENTLY it takes out of a transaction by itself; what it
 * cannot know (a loop that commits) is said in a `.conf` beside the file.
 */
export const flyway: EmitFormat = {
  layout: "flyway",
  outside: "each",
  // A script of both kinds it refuses, unless it is told `mixed=true`.
  backApart: ({ files }) => undoes(files),
  write(all, place) {
    const versions = place.files.flatMap((file) => {
      const match = VERSIONED.exec(file);
      return match?.[2] === undefined || match[1]?.toUpperCase() === "U" ? [] : [{ file, version: match[2] }];
    });
    const newest = versions.reduce<(typeof versions)[number] | null>(
      (a, b) => (a === null || compare(b.version, a.version) > 0 ? b : a),
      null,
    );
    const undo = undoes(place.files);
    // Migrations may lie in folders below; the newest shows where the next one goes.
    const folder = newest === null || !newest.file.includes("/") ? "" : newest.file.slice(0, newest.file.lastIndexOf("/") + 1);
    const cut = /^(.*?)(\d+)$/.exec(newest?.version ?? "");
    const numbers = cut?.[2] === undefined ? [] : [cut[2]];
    return withSql(all).flatMap((draft): EmittedFile[] => {
      const number = numberAfter(numbers, place.now, "1");
      numbers.push(number);
      const version = `${cut?.[1] ?? ""}${number}`;
      const back = backStatements(draft);
      const script = (prefix: "V" | "U", block: typeof back, header: readonly string[], more: readonly string[]): EmittedFile[] => {
        const file = `${folder}${prefix}${version}__${draft.name}.sql`;
        const text = fileText([...comments(header), "", ...block.statements.map(terminated), "", ...more], place);
        const [only = ""] = block.statements;
        return [
          { file, text },
          ...(block.mode === "alone" && !/\bCONCURRENTLY\b/i.test(only)
            ? [{ file: `${file}.conf`, text: fileText(["executeInTransaction=false"], place) }]
            : []),
        ];
      };
      return [
        ...script("V", draft.up, draft.header, undo ? [] : backComment(draft)),
        ...(undo ? script("U", back, [`The way back of V${version}.`], []) : []),
      ];
    });
  },
};

function undoes(files: readonly string[]): boolean {
  return files.some((file) => /(?:^|\/)U\d/.test(file));
}

function compare(a: string, b: string): number {
  const [x, y] = [a.split(/[._]/), b.split(/[._]/)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = BigInt(x[i] ?? "0") - BigInt(y[i] ?? "0");
    if (difference !== 0n) return difference > 0n ? 1 : -1;
  }
  return 0;
}
