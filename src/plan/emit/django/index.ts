import type { DjangoProject, MigrationNode } from "../../../sources/django/index.ts";
import { readDjangoProject } from "../../../sources/django/index.ts";
import { joinPath } from "../../../sources/files/paths.ts";
import type { Plan, SchemaOperation } from "../../types.ts";
import { type Draft, type EmittedFile, EmitRefused, type Place } from "../contract.ts";
import type { EmitSource } from "../place.ts";
import { Leaves } from "./leaves.ts";
import { migrationText } from "./migration-text.ts";
import { operationsFor } from "./operations.ts";
import { PythonText } from "./python-text.ts";
import type { Writing } from "./state-operations.ts";

/**
 * Django migrations, one for each step: what Django has an operation for in that, everything else as SQL with the model state beside it.
 * @throws EmitRefused
 */
export async function emitDjango(
  plan: Plan,
  drafts: readonly Draft[],
  source: EmitSource | null,
  place: Place,
  typeOf: Writing["typeOf"],
): Promise<{ readonly files: readonly EmittedFile[]; readonly notes: readonly string[] }> {
  if (source === null || source.type !== "django")
    throw new EmitRefused(
      `${place.shown} belongs to no Django project of the config`,
      "name the project as a source in tread.config.yaml: { type: django, root: … }",
      2,
    );
  const project = await readDjangoProject(source.files, {
    type: source.type,
    root: source.root,
    database: "postgres",
    options: source.options,
  });
  const origin = project.migrations.find(({ id }) => id === plan.from?.migration) ?? null;
  const state = origin === null ? project.stateAfter("all") : (project.statesBefore().get(origin.id) ?? project.stateAfter("all"));
  const model: Writing["model"] = (table) => {
    const bare = table.startsWith("public.") ? table.slice("public.".length) : table.replace(".", '"."');
    return [...state.models.values()].find((one) => one.table === bare && !one.proxy && one.managed) ?? null;
  };
  const leaves = new Leaves(project, origin);
  const files: EmittedFile[] = [];
  const notes: string[] = [];
  const last = new Map<string, string>();
  let before: string | null = null;
  for (const draft of drafts) {
    const text = new PythonText();
    const writing: Writing = { project, text, asked: origin?.operations ?? [], model, typeOf };
    const { operations, atomic, models, problems } = operationsFor(draft, writing);
    if (operations.length === 0) continue;
    const app = appOf(draft, plan, writing) ?? origin?.app ?? null;
    if (app === null)
      throw new EmitRefused(
        `step ${draft.step.name}: no model has one of its tables, so no app is known for it`,
        "write a migration for it by hand",
      );
    const own = leaves.next(app, draft.name);
    const dependencies = [...new Set([own.after, ...(before === null ? [] : [before])])].flatMap((id) => (id === null ? [] : [id]));
    before = `${app}.${own.name}`;
    const info = project.apps.find(({ label }) => label === app);
    if (info === undefined)
      throw new EmitRefused(
        `the app ${app} has no folder of migrations here`,
        "its models belong to a package: its migrations are not yours to write",
      );
    const folder = relativeTo(source.root, info.migrations);
    files.push({
      file: joinPath(folder, `${own.name}.py`),
      text: migrationText({ header: draft.header, text, atomic, dependencies, operations }).replaceAll("\n", place.newline),
    });
    if (source.files.exists(joinPath(info.migrations, "max_migration.txt"))) last.set(joinPath(folder, "max_migration.txt"), own.name);
    notes.push(...models.map((sentence) => `with ${own.name}, the models say: ${sentence}`), ...problems);
  }
  // django-linear-migrations keeps the name of the last migration in a file, so that two branches conflict in git.
  for (const [file, name] of last) files.push({ file, text: `${name}\n`, changes: true });
  return { files, notes: [...notes, ...replaced(plan, origin, project)] };
}

function relativeTo(root: string, path: string): string {
  return root === "." || root === "" ? path : path.slice(root.length + 1);
}

/** The app that the first table of the step belongs to, or the first of the plan. */
function appOf(draft: Draft, plan: Plan, { model, project }: Writing): string | null {
  const { step } = draft;
  const own = step.kind === "migrate" || step.kind === "deploy" ? tablesIn(step.operations) : step.kind === "backfill" ? [step.table] : [];
  const all = plan.phases.flatMap(({ steps }) =>
    steps.flatMap((one) =>
      one.kind === "migrate" || one.kind === "deploy" ? tablesIn(one.operations) : one.kind === "backfill" ? [one.table] : [],
    ),
  );
  for (const table of [...own, ...all]) {
    const found = model(table);
    if (found !== null) return found.app;
    const bare = table.slice(table.indexOf(".") + 1);
    for (const one of project.stateAfter("all").models.values())
      if (one.fields.some(({ relation }) => relation?.joinTable?.name === bare)) return one.app;
  }
  return null;
}

function tablesIn(operations: readonly SchemaOperation[]): readonly string[] {
  return operations.flatMap((operation) =>
    operation.op === "sql" ? [] : operation.op === "rename-table" ? [operation.table, operation.to] : [operation.table],
  );
}

/** What people have to do with the migration that the plan was made for. */
function replaced(plan: Plan, origin: MigrationNode | null, project: DjangoProject): readonly string[] {
  if (origin === null || plan.from === null) return [];
  const where = project.apps.find(({ label }) => label === origin.app) === undefined ? origin.id : origin.module.display;
  return [
    origin.operations.length === 1 || plan.recipe === "split"
      ? `delete ${where}: these migrations take its place`
      : `take the operation out of ${where} that this plan was made for (${plan.change}): these migrations take its place`,
  ];
}
