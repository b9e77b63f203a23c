import { joinPath, nameOf } from "../../files/paths.ts";
import type { Draft, Folder, Layout } from "../layout.ts";
import { backIn, whole } from "../layout.ts";
import { holdsSql } from "../markers.ts";
import { compareNumbered, duplicateNumbers, numberOf } from "../names.ts";
import type { Problem } from "../../../model/migration.ts";
import { sendingProblems } from "./multi-statement.ts";

/** `0002_x.up.sql`, `0002_x.tx.up.sql` (Bun), `0002-x-up.sql` (db-migrate), `002.do.x.sql` (Postgrator). */
const NAME = /^(.+?)(\.tx)?[._-](up|down)\.sql$/i;
const POSTGRATOR = /^(\d+)\.(do|undo)\.?(.*)\.sql$/i;

interface Direction {
  readonly id: string;
  readonly up: boolean;
  readonly transactional: boolean;
}

function directionOf(path: string): Direction | null {
  const name = nameOf(path);
  const postgrator = POSTGRATOR.exec(name);
  if (postgrator?.[1] !== undefined) {
    const rest = postgrator[3] ?? "";
    return {
      id: rest === "" ? postgrator[1] : `${postgrator[1]}.${rest}`,
      up: postgrator[2]?.toLowerCase() === "do",
      transactional: false,
    };
  }
  const match = NAME.exec(name);
  if (match?.[1] === undefined) return null;
  return { id: match[1], up: match[3]?.toLowerCase() === "up", transactional: match[2] !== undefined };
}

/** The pairs of a folder; files that name no direction are `simple`. */
function pairsOf(folder: Folder): {
  up: { path: string; id: string; transactional: boolean }[];
  down: Map<string, string>;
  simple: string[];
} {
  const up: { path: string; id: string; transactional: boolean }[] = [];
  const down = new Map<string, string>();
  const simple: string[] = [];
  for (const path of folder.sql) {
    const direction = directionOf(path);
    if (direction === null) simple.push(path);
    else if (direction.up) up.push({ path, id: direction.id, transactional: direction.transactional });
    else down.set(direction.id, path);
  }
  return { up, down, simple };
}

type Way = Pick<Draft, "down" | "back">;

function downOf(
  folder: Folder,
  down: ReadonlyMap<string, string>,
  up: string,
  id: string,
  transaction: (text: string) => Draft["transaction"],
): Way {
  // Asked for by name where only this one file was given.
  const path =
    down.get(id) ??
    [".down.sql", "_down.sql", "-down.sql"]
      .map((end) => joinPath(folder.path, id + end))
      .find((other) => other !== up && folder.has(nameOf(other)));
  return path !== undefined && holdsSql(folder.text(path))
    ? { down: "present", back: backIn(folder, path, transaction(folder.text(path))) }
    : { down: "missing" };
}

function numbers(folder: Folder, drafts: readonly Draft[]): { file: string; number: string }[] {
  return drafts.flatMap(({ path }) => {
    const number = numberOf(nameOf(path));
    return number === null ? [] : [{ file: folder.display(path), number: number.join(".") }];
  });
}

/**
 * golang-migrate and its relatives: pairs of `.up.sql` and `.down.sql`, ordered by number. The file is sent as one query, so several
 * statements share Postgres' implicit transaction and a single one runs outside of any (golang-migrate, database/postgres and pgx).
 * Bun's `.tx.up.sql` runs in a transaction.
 */
export const golangMigrate: Layout = {
  name: "golang-migrate",
  documentation: "https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md",
  depth: 0,
  recognises: (folder) => folder.sql.some((path) => directionOf(path)?.up === true),
  read(folder) {
    const { up, down } = pairsOf(folder);
    const migrations = up
      .sort((a, b) => compareNumbered(a.path, b.path))
      .map(({ path, id, transactional }): Draft => {
        const transaction = transactional ? "per-migration" : "single-query";
        return { id, path, transaction, parts: whole(folder.text(path)), ...downOf(folder, down, path, id, () => transaction) };
      });
    return {
      migrations,
      problems: [
        ...duplicateNumbers(numbers(folder, migrations), { what: "golang-migrate refuses to start.", refused: true }),
        ...sentToClickHouse(folder, migrations),
      ],
    };
  },
};

/**
 * With `x-multi-statement=true` in its URL golang-migrate cuts at every semicolon, without it the file is one query
 * (golang-migrate, database/clickhouse and database/multistmt). The URL is seldom in the repository; where it is seen, it is believed.
 */
function sentToClickHouse(folder: Folder, drafts: readonly Draft[]): Problem[] {
  const cuts = ["Makefile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml", "Taskfile.yml", ".env", "README.md"].some((name) =>
    /x-multi-statement=true|MultiStatementEnabled/.test(folder.above(name) ?? ""),
  );
  return [
    ...(cuts
      ? []
      : sendingProblems(
          folder,
          drafts,
          "golang-migrate",
          "one-query",
          "Add x-multi-statement=true to the database's URL, or give each statement a migration of its own.",
        )),
    ...sendingProblems(
      folder,
      drafts,
      "golang-migrate",
      "every-semicolon",
      "With x-multi-statement=true the text is cut there. Write the semicolon as char(59), or leave it out of the comment.",
    ),
  ];
}

/**
 * sqlx: the same pairs, or single `<version>_<description>.sql` files. Each runs in a transaction unless the file begins with
 * `-- no-transaction`; the text is sent as one query either way (sqlx-core, migrate/migration.rs; sqlx-postgres, migrate.rs).
 * Told from golang-migrate by the Cargo.toml above it, or by that comment.
 */
export const sqlx: Layout = {
  name: "sqlx",
  documentation: "https://docs.rs/sqlx/latest/sqlx/macro.migrate.html",
  depth: 0,
  recognises: (folder) =>
    folder.sql.some((path) => /^\d+_.+\.sql$/i.test(nameOf(path))) &&
    (/\bsqlx\b/.test(folder.above("Cargo.toml") ?? "") || folder.sql.some((path) => folder.text(path).startsWith("-- no-transaction"))),
  read(folder) {
    const { up, down, simple } = pairsOf(folder);
    const sentAs = (text: string): Draft["transaction"] => (text.startsWith("-- no-transaction") ? "single-query" : "per-migration");
    const draft = (path: string, id: string, way: Way): Draft => {
      const text = folder.text(path);
      return { id, path, transaction: sentAs(text), parts: whole(text), ...way };
    };
    const migrations = [
      ...up.map(({ path, id }) => draft(path, id, downOf(folder, down, path, id, sentAs))),
      ...simple
        .filter((path) => /^\d+_/.test(nameOf(path)))
        .map((path) => draft(path, nameOf(path).replace(/\.sql$/i, ""), { down: "unknown" })),
    ].sort((a, b) => compareNumbered(a.path, b.path));
    return {
      migrations,
      problems: duplicateNumbers(numbers(folder, migrations), { what: "sqlx takes the second for applied.", refused: true }),
    };
  },
};
