import type { Problem } from "../../model/migration.ts";
import type { Files, SourceSettings } from "../source.ts";
import { applyOperation } from "./apply-operation.ts";
import { EMPTY_STATE } from "./model-changes.ts";
import type { State } from "./model-changes.ts";
import type { AppInfo } from "./apps.ts";
import { autoFieldClass, migrationFolders, readApp } from "./apps.ts";
import { builtInApps, builtInFiles } from "./contrib/index.ts";
import { Evaluator } from "./evaluate.ts";
import { buildGraph } from "./graph.ts";
import type { Graph } from "./graph.ts";
import type { MigrationNode } from "./migration-file.ts";
import { readMigrationFile } from "./migration-file.ts";
import { Modules } from "./modules.ts";
import type { ParsePython } from "./python.ts";
import { loadPython } from "./python.ts";
import type { OperationMapping } from "./read-operation.ts";
import { OperationReader } from "./read-operation.ts";
import type { ProjectSettings } from "./settings-file.ts";
import type { PyValue } from "./values.ts";
import { isUnknown } from "./values.ts";
import { findSettings, looksLikeMigration, readSettings, settingReader } from "./settings-file.ts";
import type { ProjectState } from "./state.ts";

/** Everything that tread knows of a Django project after reading its files. */
export interface DjangoProject {
  readonly apps: readonly AppInfo[];
  /** All migrations that were read, replaced ones included. */
  readonly migrations: readonly MigrationNode[];
  /** In the order in which `migrate` runs them on an empty database; squashes stand for what they replace. */
  readonly plan: readonly MigrationNode[];
  readonly graph: Graph;
  readonly settings: ProjectSettings;
  readonly problems: readonly Problem[];
  readonly evaluator: Evaluator;
  readonly modules: Modules;
  /** The state after the migrations of the plan whose ids are given, or after all of them. */
  stateAfter(applied: ReadonlySet<string> | "all"): ProjectState;
  /** The state that each migration of the plan starts from, by id: what the app is while it is the newest one that is deployed. */
  statesBefore(): ReadonlyMap<string, ProjectState>;
  /**
   * Class of the key that a model without one gets while migrations run: always the project's setting, since Django's migration state
   * knows no app configs (`AppConfigStub`), so an app's own `default_auto_field` only decides what makemigrations writes down.
   */
  readonly defaultAutoField: string;
}

const read = new WeakMap<Files, Map<string, Promise<DjangoProject>>>();

/**
 * Reads a project: apps, settings, migrations and their order. Never throws for what is in the files. The same tree is read once,
 * though both its migrations and its app are asked for: parsing Python is the larger part of a check.
 */
export function readDjangoProject(files: Files, settings: SourceSettings): Promise<DjangoProject> {
  const projects = read.get(files) ?? new Map<string, Promise<DjangoProject>>();
  read.set(files, projects);
  const key = JSON.stringify([settings.root, settings.options]);
  const known = projects.get(key) ?? loadPython().then((parse) => assemble(files, settings, parse));
  projects.set(key, known);
  return known;
}

/** Settings that decide what columns and keys look like. */
const SHAPE_MODELS: readonly string[] = ["AUTH_USER_MODEL", "DEFAULT_AUTO_FIELD"];

function assemble(files: Files, source: SourceSettings, parse: ParsePython): DjangoProject {
  const problems: Problem[] = [];
  const paths = files.list(source.root).filter((p) => p.endsWith(".py"));
  const modules = new Modules(files, parse, paths, pythonRoots(paths, source.root));
  const configured = source.options["settings"];
  const settingsFiles = findSettings(modules, paths, typeof configured === "string" ? configured : null);
  const plain = settingReader(modules, settingsFiles, () => evaluator);
  const variables = new Set<string>();
  const byDefault = settingReader(modules, settingsFiles, () => unset);
  // `os.getenv("AUTH_USER_MODEL", "people.Profile")`: what half of the models point to had better not be left open, and is said.
  const setting = (name: string): PyValue | undefined => {
    const value = plain(name);
    return isUnknown(value) && SHAPE_MODELS.includes(name) ? byDefault(name) : value;
  };
  const evaluator: Evaluator = new Evaluator(modules, setting);
  const unset: Evaluator = new Evaluator(modules, setting, { environment: variables });
  const settings = readSettings(setting, settingsFiles);
  if (typeof configured === "string" && findSettings(modules, [], configured).length === 0) {
    problems.push({
      code: "missing-settings",
      message: `the settings module \`${configured}\` of the configuration was not found below ${files.display(source.root)}`,
      help: "Write it as in DJANGO_SETTINGS_MODULE (`shop.settings`) or as a path.",
      span: null,
      fatal: true,
    });
  }
  for (const name of SHAPE_MODELS) {
    const value = plain(name);
    if (!isUnknown(value)) continue;
    const settled = setting(name);
    if (typeof settled === "string") {
      problems.push({
        code: "unknown-setting",
        message: `the setting ${name} comes from the environment (${[...variables].sort().join(", ")})`,
        help: `\`${settled}\` is taken, which it is where nobody sets that. Where a deployment does, point \`settings\` of the source at a module that says so plainly.`,
        span: value.span,
        fatal: false,
      });
      continue;
    }
    const taken = name === "AUTH_USER_MODEL" ? settings.authUserModel : settings.defaultAutoField;
    problems.push({
      code: "unknown-setting",
      message: `the setting ${name} is only known when the code runs: ${value.reason}`,
      help: `\`${taken}\` is taken. Point \`settings\` of the source at a settings module that says it plainly.`,
      span: value.span,
      fatal: false,
    });
  }
  const mapping = source.options["operations"];
  const reader = new OperationReader(evaluator, isMapping(mapping) ? mapping : {});

  const apps: AppInfo[] = [];
  const migrations: MigrationNode[] = [];
  for (const [folder, list] of migrationFolders(paths, settings, modules)) {
    const app = readApp(folder, list, modules, evaluator, settings);
    const candidates = list.flatMap((path) => {
      const module = load(path, modules, files, problems);
      return module === null ? [] : [{ path, module }];
    });
    // A folder called `migrations` in which nothing is a Django migration belongs to another tool.
    if (!candidates.some((c) => looksLikeMigration(c.module.text))) continue;
    const clash = apps.find((a) => a.label === app.label);
    if (clash !== undefined) {
      problems.push({
        code: "duplicate-app",
        message: `${folder} and ${clash.migrations} both hold migrations of an app with the label \`${app.label}\``,
        help: "Give one of them a `label` in its apps.py, or point `root` at one project. The first one was read.",
        span: null,
        fatal: true,
      });
      continue;
    }
    apps.push(app);
    for (const { path, module } of candidates) {
      const name = path.slice(path.lastIndexOf("/") + 1, -".py".length);
      const file = { app: app.label, name, path, module, bytes: files.read(path), builtIn: false };
      const node = readMigrationFile(file, evaluator, reader, problems);
      if (node !== null) migrations.push(node);
    }
  }
  const own = new Set(apps.map((a) => a.label));
  for (const app of builtInApps(settings, migrations, own)) {
    for (const file of builtInFiles(app, parse)) {
      const node = readMigrationFile(file, evaluator, reader, problems);
      if (node !== null) migrations.push(node);
    }
  }
  for (const path of modules.latin) {
    problems.push({
      code: "encoding",
      message: `${files.display(path)} is not UTF-8 and declares no encoding; it was read as Latin-1`,
      help: "Python refuses such a file. Save it as UTF-8, or declare the encoding in its first line.",
      span: modules.load(path)?.span(0, 0) ?? null,
      fatal: false,
    });
  }
  const known = new Set([...own, ...migrations.filter((m) => m.builtIn).map((m) => m.app)]);
  const graph = buildGraph(migrations, known, new Set(), problems);
  const defaultAutoField = autoFieldClass(settings.defaultAutoField);
  const replay = (node: MigrationNode, before: State): State => {
    const context = { app: node.app, authUserModel: settings.authUserModel, defaultAutoField, evaluator };
    let state = before;
    for (const operation of node.operations) {
      const next = applyOperation(state, operation, context);
      if (typeof next !== "string") state = next;
    }
    return state;
  };
  return {
    apps,
    migrations,
    plan: graph.plan,
    graph,
    settings,
    problems,
    evaluator,
    modules,
    defaultAutoField,
    stateAfter(applied) {
      let state: State = EMPTY_STATE;
      for (const node of graph.plan) {
        if (applied !== "all" && !applied.has(node.id) && !(node.replaces.length > 0 && node.replaces.every((id) => applied.has(id))))
          continue;
        state = replay(node, state);
      }
      return state;
    },
    statesBefore() {
      const states = new Map<string, State>();
      let state: State = EMPTY_STATE;
      for (const node of graph.plan) {
        states.set(node.id, state);
        state = replay(node, state);
      }
      return states;
    },
  };
}

function load(path: string, modules: Modules, files: Files, problems: Problem[]): ReturnType<Modules["load"]> {
  try {
    return modules.load(path);
  } catch (error) {
    problems.push({
      code: "unreadable",
      message: `${files.display(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      help: "Check that the file is there and may be read.",
      span: { file: files.display(path), line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: true,
    });
    return null;
  }
}

function isMapping(value: unknown): value is OperationMapping {
  return typeof value === "object" && value !== null && Object.values(value).every((v) => typeof v === "string");
}

/** Folders on Python's path: the root, and whatever holds the outermost package of a file. */
export function pythonRoots(paths: readonly string[], root: string): readonly string[] {
  const packages = new Set(paths.filter((p) => p.endsWith("/__init__.py")).map((p) => p.slice(0, -"/__init__.py".length)));
  const roots = new Set<string>([root]);
  for (const path of paths) {
    if (/(?:^|\/)manage\.py$/.test(path)) roots.add(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
  }
  for (const folder of packages) {
    let top = folder;
    for (;;) {
      const cut = top.lastIndexOf("/");
      const parent = cut === -1 ? "." : top.slice(0, cut);
      if (parent === "." || !packages.has(parent)) {
        roots.add(parent);
        break;
      }
      top = parent;
    }
  }
  // Deeper roots first: `backend/shop/models.py` below the roots `.` and `backend` is imported as `shop.models`.
  const all = [...roots];
  return [root, ...all.filter((r) => r !== root).toSorted((a, b) => b.length - a.length)];
}
