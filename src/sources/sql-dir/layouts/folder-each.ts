import { below, compareCodePoints, folderOf, joinPath, nameOf } from "../../files/paths.ts";
import type { Draft, Folder, Layout } from "../layout.ts";
import { backIn, whole } from "../layout.ts";
import { holdsSql } from "../markers.ts";

function each(folder: Folder, file: string): string[] {
  return folder.sql.filter((path) => nameOf(path) === file).sort((a, b) => compareCodePoints(folderOf(a), folderOf(b)));
}

/** The name of the migration's folder, which for the tree's own root only the reader's path tells. */
export function idOf(folder: Folder, path: string): string {
  const own = folderOf(path);
  return nameOf(own === "." ? folder.display(own) : own);
}

function downOf(folder: Folder, path: string, otherwise: Draft["down"], transaction: Draft["transaction"]): Pick<Draft, "down" | "back"> {
  const down = joinPath(folderOf(path), "down.sql");
  if (!folder.has(below(folder.path, down))) return { down: otherwise };
  return holdsSql(folder.text(down)) ? { down: "present", back: backIn(folder, down, transaction) } : { down: "missing" };
}

/**
 * Prisma: `migrations/<timestamp>_<name>/migration.sql`, in the order of the folder names. The file is sent as one query: several
 * statements share Postgres' implicit transaction (prisma-engines, sql-schema-connector: `raw_cmd`).
 */
export const prisma: Layout = {
  name: "prisma",
  documentation: "https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories",
  depth: 1,
  recognises: (folder) => each(folder, "migration.sql").length > 0,
  read: (folder) => ({
    migrations: each(folder, "migration.sql").map((path) => ({
      id: idOf(folder, path),
      path,
      transaction: "single-query",
      parts: whole(folder.text(path)),
      ...downOf(folder, path, "unknown", "single-query"),
    })),
    problems: [],
  }),
};

/**
 * Diesel: `migrations/<timestamp>_<name>/up.sql` and `down.sql`, each in a transaction unless its `metadata.toml` says
 * `run_in_transaction = false`. Hasura keeps the same folders and runs `up.sql` in a transaction too.
 */
export const diesel: Layout = {
  name: "diesel",
  documentation: "https://docs.rs/diesel_migrations/latest/diesel_migrations/",
  depth: 1,
  recognises: (folder) => each(folder, "up.sql").length > 0,
  read: (folder) => ({
    migrations: each(folder, "up.sql").map((path) => {
      const metadata = joinPath(folderOf(path), "metadata.toml");
      const outside = folder.has(below(folder.path, metadata)) && /^\s*run_in_transaction\s*=\s*false/m.test(folder.text(metadata));
      return {
        id: idOf(folder, path),
        path,
        transaction: outside ? "single-query" : "per-migration",
        parts: whole(folder.text(path)),
        ...downOf(folder, path, "missing", outside ? "single-query" : "per-migration"),
      };
    }),
    problems: [],
  }),
};
