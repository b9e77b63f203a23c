import type { Migration, Problem } from "../../model/migration.ts";
import { compareCodePoints, folderOf, nameOf, normalisePath } from "../files/paths.ts";
import type { Files, Source, SourceResult, SourceSettings } from "../source.ts";
import { duplicateNumbers } from "../sql-dir/names.ts";
import { Evaluator } from "../django/evaluate.ts";
import { Modules } from "../django/modules.ts";
import { pythonRoots } from "../django/project.ts";
import { loadPython } from "../django/python.ts";
import { findSettings, settingReader } from "../django/settings-file.ts";
import { optionsOf } from "./options.ts";
import { readMigration } from "./migration.ts";
import { djangoClickHouseRoots, MIGRATION_FILE, pythonRoot } from "./roots.ts";

/**
 * Numbered Python files whose operations call a function with SQL for ClickHouse (infi.clickhouse_orm and its relatives, PostHog's
 * `run_sql_with_exceptions`, `RunSQL` of django-clickhouse-backend). Read without Python.
 */
export const djangoClickHouseSource: Source = {
  type: "django-clickhouse",
  summary: "Python migrations that send SQL to ClickHouse (run_sql_with_exceptions, RunSQL)",
  detect: (files, root) => djangoClickHouseRoots(files.list(root), files).length > 0,
  read,
};

async function read(files: Files, settings: SourceSettings): Promise<SourceResult> {
  const parse = await loadPython();
  const root = normalisePath(settings.root);
  const options = optionsOf(settings);
  const top = pythonRoot(root.endsWith(".py") ? folderOf(root) : root, (path) => files.exists(path));
  const paths = files.list(top).filter((path) => path.endsWith(".py"));
  const modules = new Modules(files, parse, paths, pythonRoots(paths, top));
  const problems: Problem[] = [];
  const settingsFiles = findSettings(modules, paths, options.settings);
  const setting = settingReader(modules, settingsFiles, () => evaluator);
  const environment = new Set<string>();
  const modes = { kept: options.functions, constants: options.constants, environment, instances: true } as const;
  const evaluator: Evaluator = new Evaluator(modules, setting, modes);
  const lenient = new Evaluator(modules, setting, { ...modes, lenient: true });
  const numbered = files.list(root).filter((path) => MIGRATION_FILE.test(nameOf(path)));
  // A project's root holds the migrations of its Django apps too: those are none of this source's.
  const here = numbered.some((path) => path === root || folderOf(path) === root);
  const folders = new Set(
    here ? numbered.map(folderOf).filter((folder) => folder === root || root.endsWith(".py")) : djangoClickHouseRoots(numbered, files),
  );
  const own = numbered.filter((path) => folders.has(folderOf(path)));
  // One folder is one history; a root may hold several, each with numbers of its own.
  const migrations: Migration[] = [];
  for (const folder of [...folders].sort(compareCodePoints)) {
    const ordered = own.filter((path) => folderOf(path) === folder).sort(byNumber);
    problems.push(...sameNumber(files, ordered));
    for (const path of ordered) {
      const migration = readMigration(path, { files, modules, evaluator, lenient, functions: options.functions, problems });
      if (migration !== null) migrations.push(migration);
    }
  }
  if (environment.size > 0) problems.push(assumed([...environment].sort()));
  return { migrations, problems };
}

function byNumber(a: string, b: string): number {
  const difference = BigInt(numberOf(a)) - BigInt(numberOf(b));
  return difference === 0n ? compareCodePoints(a, b) : difference < 0n ? -1 : 1;
}

function numberOf(path: string): string {
  return /^\d+/.exec(nameOf(path))?.[0] ?? "0";
}

function sameNumber(files: Files, paths: readonly string[]): Problem[] {
  return duplicateNumbers(
    paths.map((path) => ({ file: files.display(path), number: numberOf(path) })),
    {
      what: "Both run, in the order of the rest of their names, which may differ from the order in which they were merged.",
      refused: false,
    },
  );
}

function assumed(names: readonly string[]): Problem {
  const shown = names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
  return {
    code: "assumed-setting",
    message: `environment variables were taken as not set, so that the defaults in the code hold: ${shown}`,
    help: "where production differs in what the SQL says, give the value of the setting under `constants` of the source",
    span: null,
    fatal: false,
  };
}
