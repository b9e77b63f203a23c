import { folderOf, joinPath, nameOf, normalisePath } from "../files/paths.ts";
import type { Files, Source, SourceResult } from "../source.ts";
import { readSqlDir } from "../sql-dir/index.ts";

/** Prisma Migrate: the folders of `prisma/migrations`, found below a root that holds `schema.prisma`. */
export const prismaSource: Source = {
  type: "prisma",
  summary: "Prisma: schema.prisma and prisma/migrations",
  detect: (files, root) => migrationsFolder(files, root) !== null,
  read(files, settings) {
    const folder = migrationsFolder(files, settings.root);
    if (folder === null) return { migrations: [], problems: [] };
    const provider = providerOf(files, folder);
    if (provider !== null && provider.name !== "postgresql" && provider.name !== "cockroachdb") return otherEngine(provider);
    return readSqlDir(files, { ...settings, root: folder }, "prisma");
  },
};

/** `root/prisma/migrations`, `root/migrations`, or the one folder below `root` that holds a `migration_lock.toml`. */
function migrationsFolder(files: Files, root: string): string | null {
  const top = normalisePath(root);
  const usual = [joinPath(top, "prisma/migrations"), joinPath(top, "migrations"), joinPath(top, "prisma/schema/migrations"), top];
  const named = usual.find((folder) => files.exists(joinPath(folder, "migration_lock.toml")));
  if (named !== undefined) return named;
  const lock = files.list(top).find((path) => nameOf(path) === "migration_lock.toml");
  if (lock !== undefined) return folderOf(lock);
  // The lock file is sometimes not committed.
  return (
    usual.slice(0, 3).find((folder) => files.exists(folder) && files.list(folder).some((path) => nameOf(path) === "migration.sql")) ?? null
  );
}

interface Provider {
  readonly name: string;
  readonly file: string;
}

function providerOf(files: Files, folder: string): Provider | null {
  const lock = joinPath(folder, "migration_lock.toml");
  if (!files.exists(lock)) return null;
  const match = /^\s*provider\s*=\s*"([^"]+)"/m.exec(new TextDecoder().decode(files.read(lock)));
  return match?.[1] === undefined ? null : { name: match[1], file: files.display(lock) };
}

function otherEngine({ name, file }: Provider): SourceResult {
  return {
    migrations: [],
    problems: [
      {
        code: "other-engine",
        message: `${file} says that these migrations are for ${name}`,
        help: "tread knows Postgres. Remove this source from the configuration.",
        span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
        fatal: true,
      },
    ],
  };
}
