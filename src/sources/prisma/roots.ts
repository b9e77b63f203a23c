import { folderOf, nameOf } from "../files/paths.ts";

/** Where a Prisma project begins, for each migrations folder or schema: the folder that holds `prisma/` or `schema.prisma`. */
export function prismaRoots(paths: readonly string[]): string[] {
  const roots = paths
    .filter((path) => nameOf(path) === "migration_lock.toml")
    .map((path) => folderOf(folderOf(path)))
    .map((folder) => (nameOf(folder) === "prisma" ? folderOf(folder) : folder));
  return [...new Set(roots)];
}
