import { below, folderOf, isWithin, nameOf, normalisePath } from "../../sources/files/paths.ts";
import { looksLikeMigrations, recognise } from "../../sources/sql-dir/folders.ts";
import { isBeside, isDump } from "../../sources/sql-dir/names.ts";
import type { Files } from "../../sources/source.ts";
import type { ScanCounts, WritersOptions } from "./index.ts";
import { languageOf } from "./languages.ts";

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|test[-_]utils|fixtures|factories|mocks?|__mocks__|e2e|cypress|playwright|seeds?)\/|(?:^|\/)(?:test_[^/]*|conftest|[^/]*_tests?)\.py$|\.(?:test|spec|e2e|stories|mock)\.[cm]?[jt]sx?$|_test\.go$|_spec\.rb$|(?:Tests?|IT)\.java$/;
const MIGRATIONS = /(?:^|\/)(?:migrations?|migrate|alembic\/versions|flyway|liquibase|db\/changelog)\//i;
const VENDORED =
  /(?:^|\/)(?:vendor|third_party|third-party|generated|__generated__|gen|\.yarn|bazel-[^/]*|build|out|coverage|public\/assets|static\/js)\/|\.min\.js$|\.d\.ts$|(?:^|\/)\.[^/]+\//;

/** The files to search, and how many were left out for which reason. */
export function chooseFiles(files: Files, options: WritersOptions): { paths: string[]; total: number; leftOut: ScanCounts["leftOut"] } {
  const without = (options.without ?? [])
    .filter((folder) => folder !== "")
    .map(normalisePath)
    .filter((folder) => folder !== ".");
  const all = files.list(".").filter((path) => languageOf(path) !== null);
  const leftOut = { tests: 0, migrations: 0, vendored: 0 };
  const sqlMigrations = foldersOfSqlMigrations(files, all);
  const paths = all.filter((path) => {
    if (without.some((folder) => isWithin(folder, path))) leftOut.migrations++;
    else if (VENDORED.test(path)) leftOut.vendored++;
    else if (TESTS.test(path)) leftOut.tests++;
    else if (MIGRATIONS.test(path) || (path.endsWith(".sql") && isMigrationScript(path, sqlMigrations))) leftOut.migrations++;
    else return true;
    return false;
  });
  return { paths, total: all.length, leftOut };
}

/** Code that was made or copied from elsewhere is not searched for raw SQL, though it may send some. */
export function isVendored(path: string): boolean {
  return VENDORED.test(path);
}

function isMigrationScript(path: string, folders: ReadonlySet<string>): boolean {
  return isDump(nameOf(path)) || (isBeside(nameOf(path)) && nameOf(path).toLowerCase() !== "queries.sql") || folders.has(folderOf(path));
}

/** SQL migrations need no folder of that name: what a layout recognises is none of the app's queries. */
function foldersOfSqlMigrations(files: Files, all: readonly string[]): Set<string> {
  const folders = new Set<string>();
  if (!all.some((path) => path.endsWith(".sql"))) return folders;
  for (const each of recognise(files, ".", "postgres", [])) {
    if (!looksLikeMigrations(each)) continue;
    for (const path of each.folder.sql) if (below(each.folder.path, path) !== "") folders.add(folderOf(path));
  }
  return folders;
}
