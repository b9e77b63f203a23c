import { EmitRefused, type EmitFormat, type EmittedFile, type Place } from "../contract.ts";
import { inTransactions } from "../guard.ts";
import { following, stamp } from "../names.ts";
import { comments, direct, fileText, folders, terminated } from "../text.ts";

const JOURNAL = "meta/_journal.json";

interface Journal {
  readonly entries: readonly { readonly idx?: number; readonly when?: number; readonly tag: string }[];
}

/**
 * Drizzle: `0004_x.sql` with an entry in `meta/_journal.json` (what is not in it never runs), or, from 1.0 on, a folder with a
 * `migration.sql`. The snapshot stays as it was: these are custom migrations, as `drizzle-kit generate --custom` makes them, whose
 * snapshot repeats the one before; `drizzle-kit generate` writes what the schema's code changes.
 */
export const drizzle: EmitFormat = {
  layout: "drizzle",
  outside: null,
  backApart: () => false,
  write(all, place) {
    const drafts = inTransactions(all, place, true);
    const text = ({ header, statements, back }: (typeof drafts)[number]): string =>
      fileText(
        [
          ...comments(header),
          ...statements.map(terminated).join("\n--> statement-breakpoint\n").split("\n"),
          ...comments(["The way back:", ...back.map(terminated)]),
        ],
        place,
      );
    const inFolders = folders(place.files).filter(
      (folder) => place.files.includes(`${folder}/snapshot.json`) && place.files.includes(`${folder}/migration.sql`),
    );
    if (inFolders.length > 0) {
      const numbers = following(inFolders, drafts.length, place.now, stamp(place.now));
      const newest = [...inFolders].sort().at(-1) ?? "";
      const snapshot = place.read(`${newest}/snapshot.json`);
      return drafts.flatMap((draft, i): EmittedFile[] => {
        const folder = `${numbers[i]?.number ?? ""}_${draft.name}`;
        return [
          { file: `${folder}/migration.sql`, text: text(draft) },
          { file: `${folder}/snapshot.json`, text: snapshot },
        ];
      });
    }
    const numbers = following(direct(place.files), drafts.length, place.now, "0000");
    const tags = drafts.map((draft, i) => `${numbers[i]?.number ?? ""}_${draft.name}`);
    const files = drafts.map((draft, i): EmittedFile => ({ file: `${tags[i] ?? ""}.sql`, text: text(draft) }));
    return [
      ...files,
      ...snapshots(
        place,
        numbers.map(({ number }) => number),
      ),
      journal(place, tags),
    ];
  },
};

/** Each custom migration repeats the newest snapshot under an id of its own; without snapshots there are none to repeat. */
function snapshots(place: Place, numbers: readonly string[]): readonly EmittedFile[] {
  const newest = place.files.filter((file) => /^meta\/\d+_snapshot\.json$/.test(file)).at(-1);
  if (newest === undefined) return [];
  let before: { readonly id?: string; readonly prevId?: string };
  const written = place.read(newest);
  try {
    before = JSON.parse(written) as typeof before;
  } catch {
    throw new EmitRefused(`${place.shown}/${newest} is no JSON`, "restore it from git: `drizzle-kit check` reads it too");
  }
  return numbers.map((number) => {
    const id = idAfter(before.id ?? "");
    const next = { ...before, id, prevId: before.id ?? "" };
    before = next;
    return { file: `meta/${number}_snapshot.json`, text: fileText([JSON.stringify(next, null, 2)], place) };
  });
}

/** A UUID that follows from the one before, so that the same plan is written the same way again. */
function idAfter(id: string): string {
  const digits = id.replaceAll("-", "").padEnd(32, "0");
  const next = (BigInt(`0x${/^[0-9a-f]{32}$/i.test(digits) ? digits : "0"}`) + 0x9e3779b97f4a7c15f39cc0605cedc835n) & ((1n << 128n) - 1n);
  const hex = next.toString(16).padStart(32, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function journal(place: Place, tags: readonly string[]): EmittedFile {
  if (!place.files.includes(JOURNAL)) {
    const empty = { version: "7", dialect: "postgresql", entries: [] };
    return { file: JOURNAL, text: fileText([JSON.stringify(withEntries(empty, tags, place.now), null, 2)], place) };
  }
  let known: Journal;
  try {
    known = JSON.parse(place.read(JOURNAL)) as Journal;
    if (!Array.isArray(known.entries)) throw new Error("no entries");
  } catch {
    throw new EmitRefused(`${place.shown}/${JOURNAL} is not a Drizzle journal`, "restore it from git, or run `drizzle-kit check`");
  }
  return { file: JOURNAL, text: fileText([JSON.stringify(withEntries(known, tags, place.now), null, 2)], place), changes: true };
}

/** Drizzle compares the moments only: each entry is later than all before it. */
function withEntries<J extends Journal>(journal: J, tags: readonly string[], now: Date): J {
  const last = journal.entries.at(-1);
  let when = Math.max(now.getTime(), ...journal.entries.map((entry) => (entry.when ?? 0) + 1));
  let idx = (last?.idx ?? journal.entries.length - 1) + 1;
  const version = (journal as { readonly version?: string }).version ?? "7";
  const added = tags.map((tag) => ({ idx: idx++, version, when: when++, tag, breakpoints: true }));
  return { ...journal, entries: [...journal.entries, ...added] };
}
