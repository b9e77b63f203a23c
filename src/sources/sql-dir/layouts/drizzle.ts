import type { Problem } from "../../../model/migration.ts";
import { below, compareCodePoints, folderOf, joinPath, nameOf } from "../../files/paths.ts";
import type { Draft, Folder, Layout, Part } from "../layout.ts";
import { compareNumbered, stemOf } from "../names.ts";
import { idOf } from "./folder-each.ts";

const BREAKPOINT = /--> statement-breakpoint/g;

/**
 * Drizzle: the entries of `meta/_journal.json` in their order, each `<tag>.sql` cut at `--> statement-breakpoint`; all pending ones in
 * one transaction (drizzle-orm, migrator.ts and pg-core/dialect.ts). Newer versions keep `<name>/migration.sql` with a `snapshot.json`.
 */
export const drizzle: Layout = {
  name: "drizzle",
  documentation: "https://orm.drizzle.team/docs/migrations",
  depth: 0,
  recognises: (folder) =>
    folder.has("meta/_journal.json") ||
    folder.sql.some((path) => /^\d{4,}_/.test(nameOf(path)) && folder.text(path).includes("--> statement-breakpoint")),
  read(folder) {
    if (!folder.has("meta/_journal.json")) {
      return { migrations: [...folder.sql].sort(compareNumbered).map((path) => draft(folder, path, stemOf(path))), problems: [] };
    }
    return readJournal(folder);
  },
};

/** The folder form of Drizzle 1.0: told from Prisma's by the snapshot beside each migration. */
export const drizzleFolders: Layout = {
  name: "drizzle",
  documentation: "https://orm.drizzle.team/docs/migrations",
  depth: 1,
  recognises: (folder) =>
    folder.sql.some(
      (path) => nameOf(path) === "migration.sql" && folder.has(below(folder.path, joinPath(folderOf(path), "snapshot.json"))),
    ),
  read: (folder) => ({
    migrations: folder.sql
      .filter((path) => nameOf(path) === "migration.sql")
      .sort((a, b) => compareCodePoints(folderOf(a), folderOf(b)))
      .map((path) => draft(folder, path, idOf(folder, path))),
    problems: [],
  }),
};

interface JournalEntry {
  readonly tag: string;
  readonly when: number;
}

function readJournal(folder: Folder): { migrations: Draft[]; problems: Problem[] } {
  const journal = joinPath(folder.path, "meta/_journal.json");
  const file = folder.display(journal);
  const entries = parseJournal(folder.text(journal));
  if (entries === null) {
    return {
      migrations: [],
      problems: [problem("unreadable", `${file} is not a Drizzle journal`, "Restore it from git, or run `drizzle-kit check`.", file, true)],
    };
  }
  const problems: Problem[] = [];
  const migrations: Draft[] = [];
  let newest = -Infinity;
  for (const { tag, when } of entries) {
    const path = joinPath(folder.path, `${tag}.sql`);
    if (!folder.has(`${tag}.sql`)) {
      problems.push(
        problem(
          "missing-file",
          `${file} names ${tag}, but ${tag}.sql is not there`,
          "Restore the file from git: Drizzle stops at it.",
          file,
          true,
        ),
      );
      continue;
    }
    if (when < newest) {
      problems.push(
        problem(
          "journal-order",
          `${tag} is dated before the migration that the journal lists ahead of it`,
          "Drizzle compares dates only: a database that has the newer one never gets this one. Give it a later `when` in meta/_journal.json.",
          file,
          false,
        ),
      );
    }
    newest = Math.max(newest, when);
    migrations.push(draft(folder, path, tag));
  }
  const listed = new Set(migrations.map(({ path }) => path));
  for (const path of folder.sql) {
    if (listed.has(path)) continue;
    problems.push(
      problem(
        "not-in-journal",
        `${folder.display(path)} is not in the journal, so Drizzle does not run it`,
        "Create migrations with `drizzle-kit generate`, or remove the file.",
        folder.display(path),
        false,
      ),
    );
  }
  return { migrations, problems };
}

function parseJournal(text: string): JournalEntry[] | null {
  try {
    const journal: unknown = JSON.parse(text);
    if (typeof journal !== "object" || journal === null || !("entries" in journal) || !Array.isArray(journal.entries)) return null;
    return journal.entries.map((entry: unknown) => {
      if (typeof entry !== "object" || entry === null || !("tag" in entry) || typeof entry.tag !== "string") throw new Error("no tag");
      return { tag: entry.tag, when: "when" in entry && typeof entry.when === "number" ? entry.when : 0 };
    });
  } catch {
    return null;
  }
}

function draft(folder: Folder, path: string, id: string): Draft {
  const text = folder.text(path);
  const parts: Part[] = [];
  let start = 0;
  for (const mark of text.matchAll(BREAKPOINT)) {
    parts.push({ start, end: mark.index });
    start = mark.index + mark[0].length;
  }
  parts.push({ start, end: text.length });
  return { id, path, transaction: "all-pending", parts, down: "unknown" };
}

function problem(code: string, message: string, help: string, file: string, fatal: boolean): Problem {
  return { code, message, help, span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 }, fatal };
}
