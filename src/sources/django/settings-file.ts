import type { Evaluator } from "./evaluate.ts";
import type { Modules } from "./modules.ts";
import type { PyValue } from "./values.ts";
import { isKind, stringsOf } from "./values.ts";

/** The Django settings that decide SQL, as far as the settings files say them statically. */
export interface ProjectSettings {
  /** `auth.User` unless set. */
  readonly authUserModel: string;
  readonly defaultAutoField: string;
  readonly installedApps: readonly string[] | null;
  /** Label → dotted module of its migrations, or null where they are switched off. */
  readonly migrationModules: ReadonlyMap<string, string | null>;
  /** Settings files that were read. */
  readonly files: readonly string[];
}

/**
 * Finds the settings modules: `DJANGO_SETTINGS_MODULE` as `manage.py`, `wsgi.py` or `asgi.py` set it, else files named `settings.py`
 * or in a `settings` package. The first that defines a name wins.
 */
export function findSettings(modules: Modules, paths: readonly string[], configured: string | null): readonly string[] {
  const found: string[] = [];
  const add = (path: string | null): void => {
    if (path !== null && !found.includes(path)) found.push(path);
  };
  if (configured !== null) {
    const inRoot = modules.roots.map((root) => (root === "." ? configured : `${root}/${configured}`));
    add(modules.find(configured) ?? [configured, ...inRoot].find((path) => modules.has(path)) ?? null);
  }
  for (const path of paths) {
    if (!/(?:^|\/)(?:manage|wsgi|asgi)\.py$/.test(path)) continue;
    const module = modules.load(path);
    const named = /DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']/.exec(module?.text ?? "")?.[1];
    if (named !== undefined) add(modules.find(named));
  }
  for (const path of paths) if (/(?:^|\/)settings\.py$/.test(path)) add(path);
  for (const name of ["__init__", "base", "common", "defaults", "production", "prod", "default"]) {
    for (const path of paths) if (path.endsWith(`/settings/${name}.py`) || path === `settings/${name}.py`) add(path);
  }
  for (const path of paths) if (/(?:^|\/)settings\/\w+\.py$/.test(path)) add(path);
  return found;
}

/** Looks one name up in the settings files, in order. */
export function settingReader(
  modules: Modules,
  files: readonly string[],
  evaluator: () => Evaluator,
): (name: string) => PyValue | undefined {
  const known = new Map<string, PyValue | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    known.set(name, undefined);
    let value: PyValue | undefined;
    for (const file of files) {
      const module = modules.load(file);
      if (module === null || !mentions(module.text, name)) {
        // A name may also come in by `from .base import *`.
        if (module === null || !module.text.includes("import *")) continue;
      }
      const found = evaluator().lookup(module, name);
      if (found !== undefined) {
        value = found;
        break;
      }
    }
    if (value === undefined && name === "AUTH_USER_MODEL") value = "auth.User";
    known.set(name, value);
    return value;
  };
}

function mentions(text: string, name: string): boolean {
  return text.includes(name);
}

export function readSettings(read: (name: string) => PyValue | undefined, files: readonly string[]): ProjectSettings {
  const user = read("AUTH_USER_MODEL");
  const auto = read("DEFAULT_AUTO_FIELD");
  const map = read("MIGRATION_MODULES");
  const installed = read("INSTALLED_APPS");
  const migrationModules = new Map<string, string | null>();
  if (isKind(map, "dict")) {
    for (const [label, module] of map.entries) {
      if (typeof label === "string" && (typeof module === "string" || module === null)) migrationModules.set(label, module);
    }
  }
  const known = isKind(installed, "list") || isKind(installed, "tuple") ? installed.items.filter((i) => typeof i === "string") : null;
  return {
    authUserModel: typeof user === "string" ? user : "auth.User",
    defaultAutoField: typeof auto === "string" ? auto : "django.db.models.AutoField",
    installedApps: stringsOf(installed) ?? known,
    migrationModules,
    files,
  };
}

/** True when a module's text can hold a Django migration at all: cheap, before anything is parsed. */
export function looksLikeMigration(text: string): boolean {
  return /^class\s+Migration\b/m.test(text);
}
