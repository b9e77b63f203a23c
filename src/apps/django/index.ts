import type { LiveVersion } from "../../model/query.ts";
import type { Problem } from "../../model/migration.ts";
import type { Files } from "../../sources/source.ts";
import type { App, AppInput } from "../app.ts";
import { swappedModels } from "./swapped.ts";

/**
 * A Django app: what its ORM sends on Postgres, from the model state after the version's own migrations and the code beside them.
 * Python is never run. The syntax tree's wasm is loaded by `read`, not by importing this module.
 */
export const djangoApp: App = {
  type: "django",
  detect,
  read,
};

const MIGRATION = /(?:^|\/)migrations\/(?!__init__)[^/]+\.py$/;

function detect(files: Files, root: string): boolean {
  const paths = files.list(root).filter((p) => p.endsWith(".py"));
  const looksLike = (path: string): boolean => /django/.test(new TextDecoder().decode(files.read(path)));
  const candidates = [...paths.filter((p) => /(?:^|\/)manage\.py$/.test(p)), ...paths.filter((p) => MIGRATION.test(p)).slice(0, 5)];
  return candidates.some(looksLike);
}

async function read(input: AppInput): Promise<LiveVersion> {
  const { files, root, name, database, options } = input;
  const { readDjangoProject } = await import("../../sources/django/project.ts");
  const { CodeIndex } = await import("./code-index.ts");
  const { reconcile } = await import("./reconcile.ts");
  const { readDeleteSignals } = await import("./signals.ts");
  const { readUsage } = await import("./usage/read-usage.ts");
  const { ormQueries } = await import("./queries.ts");
  const { declarations } = await import("./declarations.ts");
  const { openTables } = await import("./open-tables.ts");

  const project = await readDjangoProject(files, { type: "django", root, database, options });
  const state = project.stateAfter("all");
  const index = new CodeIndex(files, root, project.modules, project.apps);
  const userModel = project.settings.authUserModel.toLowerCase();
  const swapped = swappedModels(state, userModel);
  const reconciled = reconcile(index, state, swapped, readDeleteSignals(index));
  const { models } = reconciled;
  const usage = readUsage(index, reconciled, models.get(userModel)?.label ?? null, project.settings.installedApps);
  const problems: Problem[] = [...project.problems];
  if (models.all.length === 0 && problems.every((p) => !p.fatal)) {
    problems.push({
      code: "no-models",
      message: `no Django model was found below ${files.display(root)} (${files.label})`,
      help: "A live version of a Django app is the folder that holds its apps with their models and migrations: check `path`, `ref` and `root`.",
      span: null,
      fatal: true,
    });
  }
  for (const path of index.unreadable) {
    problems.push({
      code: "unreadable",
      message: `${files.display(path)} cannot be read: what it asks of the database is not known`,
      help: "Check that the file is there and may be read.",
      span: { file: files.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: false,
    });
  }
  return {
    name,
    database,
    queries: ormQueries(models, usage.useOf),
    migrations: new Map(project.migrations.filter((m) => !m.builtIn).map((m) => [m.id, m.hash])),
    dynamic: usage.dynamic,
    problems,
    declares: declarations(index, state, reconciled),
    openTables: openTables(index, state, reconciled),
  };
}
