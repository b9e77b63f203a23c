import { dirname, join } from "node:path";
import type { Migration } from "../../model/migration.ts";
import { folderOf, joinPath, nameOf } from "../../sources/files/paths.ts";
import { nextDashed, nextNumber, slug } from "./numbers.ts";
import type { FileWritten, Surroundings } from "./tool.ts";

type Follow = (around: Surroundings, statements: readonly string[], name: string) => readonly FileWritten[] | null;

/** A statement that does nothing: what follows is undone together with the migration that it follows. */
const NOTHING_TO_UNDO = "SELECT 1;";

function body(around: Surroundings, statements: readonly string[]): readonly string[] {
  const { migration } = around.problem.judged;
  return [`-- Follows ${migration.id}, in a transaction of its own.`, "", ...statements.map((statement) => `${statement};`)];
}

function down(around: Surroundings): readonly string[] {
  return [`-- The way back of ${around.problem.judged.migration.id} undoes this as well.`, NOTHING_TO_UNDO];
}

/** In the folder of the migration, or in `folder` below the one above it. */
function file(around: Surroundings, name: string, lines: readonly string[], up: 0 | 1 = 0): FileWritten {
  const { path, absolute, newline } = around.problem.statement.file;
  const folder = up === 0 ? folderOf(path) : folderOf(folderOf(path));
  const absoluteFolder = up === 0 ? dirname(absolute) : dirname(dirname(absolute));
  return { absolute: join(absoluteFolder, name), path: joinPath(folder, name), text: lines.map((line) => line + newline).join("") };
}

/** Names of the migrations that stand beside this one: of files, or of folders where each migration is one. */
function names(around: Surroundings, up: 0 | 1): readonly string[] {
  const { migration } = around.problem.judged;
  const level = (path: string): string => (up === 0 ? path : folderOf(path));
  return around.migrations
    .filter((other: Migration) => other.source === migration.source && folderOf(level(other.path)) === folderOf(level(migration.path)))
    .map((other) => nameOf(level(other.path)));
}

interface Numbered {
  readonly number: string;
  /** What stands between the number and the name. */
  readonly mark: string;
}

/** `0004_x`, `0004-x`, `0004`; not `2024-01-31-x`, whose number is more than its first part. */
function numbered(name: string): Numbered | null {
  const match = /^(\d+)(?:([_-])(?!\d)|(?=\.sql$))/i.exec(name);
  return match?.[1] === undefined ? null : { number: match[1], mark: match[2] ?? "_" };
}

function following(around: Surroundings, up: 0 | 1): Numbered | null {
  const path = around.problem.judged.migration.path;
  const own = numbered(nameOf(up === 0 ? path : folderOf(path)));
  const number = nextNumber(names(around, up).flatMap((name) => numbered(name)?.number ?? []));
  return own === null || number === null ? null : { number, mark: own.mark };
}

/** One file with markers for both ways: goose, dbmate, sql-migrate. */
export function marked(upMarker: string, downMarker: string): Follow {
  return (around, statements, name) => {
    const next = following(around, 0);
    if (next === null) return null;
    const lines = [upMarker, ...body(around, statements), "", downMarker, ...down(around)];
    return [file(around, `${next.number}${next.mark}${slug(name)}.sql`, lines)];
  };
}

/** One file and no way back in it: Supabase, Atlas. */
export const single: Follow = (around, statements, name) => {
  const next = following(around, 0);
  return next === null ? null : [file(around, `${next.number}${next.mark}${slug(name)}.sql`, body(around, statements))];
};

/** golang-migrate, sqlx, Bun, db-migrate: `0004_x.up.sql` with its `.down.sql`; Postgrator: `004.do.x.sql`. */
export const pairs: Follow = (around, statements, name) => {
  const own = nameOf(around.problem.judged.migration.path);
  const back = around.problem.judged.migration.down === "present";
  const postgrator = /^\d+\.do\./i.test(own);
  if (postgrator) {
    const number = nextNumber(names(around, 0).flatMap((other) => /^(\d+)\.do\b/i.exec(other)?.[1] ?? []));
    if (number === null) return null;
    const up = file(around, `${number}.do.${slug(name)}.sql`, body(around, statements));
    return back ? [up, file(around, `${number}.undo.${slug(name)}.sql`, down(around))] : [up];
  }
  const next = following(around, 0);
  const match = /^.+?(\.tx)?([._-])(up)\.sql$/i.exec(own);
  if (next === null || match === null) return single(around, statements, name);
  const [, tx = "", mark = ".", way = "up"] = match;
  const stem = `${next.number}${next.mark}${slug(name)}${tx}${mark}`;
  const up = file(around, `${stem}${way}.sql`, body(around, statements));
  const downWord = way === "UP" ? "DOWN" : "down";
  return back ? [up, file(around, `${stem}${downWord}.sql`, down(around))] : [up];
};

/** Flyway: the next whole part of the version, `V7.2__x.sql` → `V7.3__y.sql`, with an undo script where the others have one. */
export const flywayVersion: Follow = (around, statements, name) => {
  const { migration } = around.problem.judged;
  const match = /^V(\d+(?:[._]\d+)*)__/i.exec(nameOf(migration.path));
  if (match === null) return null;
  const parts = (version: string): readonly string[] => version.split(/[._]/);
  const newest = around.migrations
    .filter((other) => other.source === migration.source && other.layout === "flyway")
    .flatMap((other) => /^V(\d+(?:[._]\d+)*)__/i.exec(nameOf(other.path))?.[1] ?? [])
    .reduce((a, b) => (compare(parts(a), parts(b)) >= 0 ? a : b), match[1] ?? "0");
  const cut = /^(.*?)(\d+)$/.exec(newest);
  const next = cut?.[2] === undefined ? null : nextNumber([cut[2]]);
  if (next === null) return null;
  const version = `${cut?.[1] ?? ""}${next}`;
  const up = file(around, `V${version}__${slug(name)}.sql`, body(around, statements));
  return migration.down === "present" ? [up, file(around, `U${version}__${slug(name)}.sql`, down(around))] : [up];
};

function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [BigInt(a[i] ?? "0"), BigInt(b[i] ?? "0")];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** A folder for each migration: Prisma (`migration.sql`), Diesel (`up.sql`, `down.sql`). */
export function folderEach(upName: string, downName: string): Follow {
  return (around, statements, name) => {
    const own = nameOf(folderOf(around.problem.judged.migration.path));
    const dashed = /^\d{4}-\d\d-\d\d-\d{6}(?=_)/;
    const stamp = dashed.test(own)
      ? nextDashed(names(around, 1).flatMap((other) => dashed.exec(other)?.[0] ?? []))
      : (following(around, 1)?.number ?? null);
    if (stamp === null) return null;
    const folder = `${stamp}_${slug(name)}`;
    const up = file(around, `${folder}/${upName}`, body(around, statements), 1);
    const back = around.problem.judged.migration.down === "present";
    return back ? [up, file(around, `${folder}/${downName}`, down(around), 1)] : [up];
  };
}
