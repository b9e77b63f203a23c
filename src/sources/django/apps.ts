import type { Evaluator } from "./evaluate.ts";
import type { Modules } from "./modules.ts";
import { shortName } from "./fields.ts";
import type { ProjectSettings } from "./settings-file.ts";
import { isKind } from "./values.ts";

/** An app of the repository that has migrations. */
export interface AppInfo {
  readonly label: string;
  /** Folder of the app, relative to the `Files` root. */
  readonly folder: string;
  /** Dotted name under which the project imports it. */
  readonly dotted: string;
  /** Folder of the migrations. */
  readonly migrations: string;
  /** Files of migrations, in order of name. */
  readonly files: readonly string[];
  /** `django.db.models.BigAutoField`. */
  readonly defaultAutoField: string;
  /** The app config says so itself, not the settings. */
  readonly ownAutoField: boolean;
}

/** Folders that hold migration files, with the files Django would load: names that do not start with `_` or `~`. */
export function migrationFolders(
  paths: readonly string[],
  settings: ProjectSettings,
  modules: Modules,
): ReadonlyMap<string, readonly string[]> {
  const extra = new Set<string>();
  for (const dotted of settings.migrationModules.values()) {
    const init = dotted === null ? null : modules.find(dotted);
    if (init?.endsWith("/__init__.py") === true) extra.add(init.slice(0, -"/__init__.py".length));
    else if (dotted !== null)
      for (const root of modules.roots) extra.add(`${root === "." ? "" : `${root}/`}${dotted.replaceAll(".", "/")}`);
  }
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const cut = path.lastIndexOf("/");
    const folder = cut === -1 ? "" : path.slice(0, cut);
    const file = path.slice(cut + 1);
    if (!file.endsWith(".py") || file.startsWith("_") || file.startsWith("~")) continue;
    if (!folder.endsWith("/migrations") && folder !== "migrations" && !extra.has(folder)) continue;
    const list = folders.get(folder) ?? [];
    list.push(path);
    folders.set(folder, list);
  }
  return folders;
}

/** The app that a folder of migrations belongs to. */
export function readApp(
  folder: string,
  files: readonly string[],
  modules: Modules,
  evaluator: Evaluator,
  settings: ProjectSettings,
): AppInfo {
  const moved = [...settings.migrationModules].find(
    ([, dotted]) => dotted !== null && dotted === modules.dottedOf(`${folder}/__init__.py`),
  );
  const appFolder = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : ".";
  const base = appFolder.slice(appFolder.lastIndexOf("/") + 1);
  let label = moved?.[0] ?? base;
  let auto: string | null = null;
  const configFile = appFolder === "." ? "apps.py" : `${appFolder}/apps.py`;
  const module = moved === undefined && modules.has(configFile) ? modules.load(configFile) : null;
  if (module !== null) {
    const configs = [...modules.scope(module).bindings].flatMap(([name, binding]) => {
      if (binding.kind !== "class") return [];
      const cls = { kind: "class", path: `${modules.dottedOf(configFile)}.${name}`, node: binding.node } as const;
      const isConfig = evaluator.bases(cls).some((b) => (isKind(b, "ref") || isKind(b, "class")) && b.path.endsWith("Config"));
      return isConfig ? [cls] : [];
    });
    const installed = configs.find((c) => settings.installedApps?.includes(c.path) === true);
    const preferred = configs.find((c) => evaluator.classAttribute(c, "default") === true);
    const config = installed ?? preferred ?? configs[0];
    if (config !== undefined) {
      const own = evaluator.classAttribute(config, "label");
      const name = evaluator.classAttribute(config, "name");
      if (typeof own === "string") label = own;
      else if (typeof name === "string") label = name.slice(name.lastIndexOf(".") + 1);
      const field = evaluator.classAttribute(config, "default_auto_field");
      if (typeof field === "string") auto = field;
    }
  }
  return {
    label,
    folder: appFolder,
    dotted: modules.dottedOf(appFolder === "." ? "__init__.py" : `${appFolder}/__init__.py`),
    migrations: folder,
    files,
    defaultAutoField: autoFieldClass(auto ?? settings.defaultAutoField),
    ownAutoField: auto !== null,
  };
}

/** A dotted path of an auto field as Django's own class; a class of the repository is taken as the big one. */
export function autoFieldClass(path: string): string {
  const short = shortName(path);
  return short === "AutoField" || short === "SmallAutoField" || short === "BigAutoField"
    ? `django.db.models.${short}`
    : "django.db.models.BigAutoField";
}
