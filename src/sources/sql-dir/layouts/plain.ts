import { joinPath, nameOf, normalisePath } from "../../files/paths.ts";
import type { Draft, Folder, Layout, LayoutResult, Part } from "../layout.ts";
import { backIn, whole } from "../layout.ts";
import { compareNumbered, duplicateNumbers, numberOf, stemOf, type Duplicates } from "../names.ts";

interface Rules {
  parts?(text: string): readonly Part[];
  transaction(text: string): Draft["transaction"];
  readonly duplicates: Duplicates;
}

export function readNumbered(folder: Folder, rules: Rules): LayoutResult {
  const stems = new Set(folder.sql.map(stemOf));
  // `0007_price.down.sql` beside `0007_price.sql` leads back: run as a migration of its own it would undo what was just done.
  const forward = folder.sql.filter((path) => {
    const base = /^(.+)[._-](?:down|undo|rollback|revert)$/i.exec(stemOf(path))?.[1];
    return base === undefined || !stems.has(base);
  });
  const foldersBack = WAYS_BACK.flatMap((way) => [way, `${way}s`, `../${way}`]).filter((name) => folder.has(name));
  const migrations = forward.sort(compareNumbered).map((path): Draft => {
    const text = folder.text(path);
    const back = downBeside(folder, path, foldersBack);
    return {
      id: stemOf(path),
      path,
      transaction: rules.transaction(text),
      parts: rules.parts?.(text) ?? whole(text),
      down: back === null ? "unknown" : "present",
      ...(back === null ? {} : { back: backIn(folder, back, rules.transaction(folder.text(back))) }),
    };
  });
  const numbers = migrations.flatMap(({ path }) => {
    const number = numberOf(nameOf(path))?.join(".");
    // Eight digits are a date: two migrations of one day are no accident.
    return number === undefined || /^(?:19|20)\d{6}$/.test(number) ? [] : [{ file: folder.display(path), number }];
  });
  return { migrations, problems: duplicateNumbers(numbers, rules.duplicates) };
}

const WAYS_BACK = ["down", "undo", "rollback", "revert"];
const MARKS = [".", "_", "-"];

/** The same stem with a suffix, or in a folder for the way back, below this one or beside it. */
function downBeside(folder: Folder, path: string, foldersBack: readonly string[]): string | null {
  const stem = stemOf(path);
  const names = [
    ...WAYS_BACK.flatMap((way) => MARKS.map((mark) => `${stem}${mark}${way}.sql`)),
    ...foldersBack.map((name) => `${name}/${stem}.sql`),
  ];
  const found = names.find((name) => folder.has(name));
  return found === undefined ? null : normalisePath(joinPath(folder.path, found));
}

/** Numbered or plainly named `.sql` files, as a person runs them with psql: statement by statement, by number, then by name. */
export const plain: Layout = {
  name: "plain",
  documentation: "https://www.postgresql.org/docs/current/app-psql.html",
  depth: 0,
  recognises: (folder) => folder.sql.length > 0,
  read: (folder) =>
    readNumbered(folder, {
      transaction: () => "none",
      duplicates: { what: "Which of them runs first is left to the rest of the name.", refused: false },
    }),
};

/**
 * Supabase: `supabase/migrations/<timestamp>_<name>.sql`. The CLI sends a file as one pipeline, which Postgres treats as one
 * transaction (supabase/cli, pkg/migration/file.go: "ExecBatch is implicitly transactional").
 */
export const supabase: Layout = {
  name: "supabase",
  documentation: "https://supabase.com/docs/guides/deployment/database-migrations",
  depth: 0,
  recognises: (folder) =>
    /(?:^|\/)supabase\/migrations$/.test(folder.path) || /(?:^|\/)supabase\/migrations$/.test(folder.display(folder.path)),
  read: (folder) => {
    const sql = folder.sql.filter((path) => /^\d+_.*\.sql$/.test(nameOf(path)));
    return readNumbered(
      { ...folder, sql },
      {
        transaction: () => "per-migration",
        duplicates: { what: "Supabase records the number only and refuses the second.", refused: true },
      },
    );
  },
};

/** `-- atlas:delimiter \n\n`: the file is cut there instead of at semicolons (atlasgo.io/versioned/new, custom delimiter). */
function atlasParts(text: string): readonly Part[] {
  const written = /^--[ \t]*atlas:delimiter[ \t]+(\S[^\r\n]*?)[ \t]*$/m.exec(text);
  if (written?.[1] === undefined) return whole(text);
  const delimiter = written[1].replaceAll("\\n", "\n").replaceAll("\\t", "\t").replaceAll("\\r", "\r");
  const parts: Part[] = [];
  let start = written.index + written[0].length;
  for (let at = text.indexOf(delimiter, start); at !== -1; at = text.indexOf(delimiter, start)) {
    parts.push({ start, end: at });
    start = at + delimiter.length;
  }
  return [...parts, { start, end: text.length }];
}

/** Atlas: versioned files with an `atlas.sum`, each in a transaction unless it says `-- atlas:txmode none`. */
export const atlas: Layout = {
  name: "atlas",
  documentation: "https://atlasgo.io/versioned/apply",
  depth: 0,
  recognises: (folder) => folder.has("atlas.sum"),
  read: (folder) =>
    readNumbered(folder, {
      transaction: (text) => (/^--[ \t]*atlas:txmode[ \t]+none\b/m.test(text) ? "none" : "per-migration"),
      ...(folder.database === "clickhouse" ? { parts: atlasParts } : {}),
      duplicates: { what: "Atlas refuses the folder.", refused: true },
    }),
};
