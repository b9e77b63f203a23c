import type { MigrationFile, MigrationNode } from "../migration-file.ts";
import type { ParsePython } from "../python.ts";
import type { ProjectSettings } from "../settings-file.ts";
import { CONTRIB } from "./data.ts";

/** What a contrib app's own migrations need. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  auth: ["contenttypes"],
  admin: ["auth", "contenttypes"],
  flatpages: ["sites"],
  redirects: ["sites"],
};

/**
 * The django.contrib apps whose migrations `migrate` runs in this project: those in INSTALLED_APPS, those that a migration of the
 * repository depends on, and what these need. An app of the repository with the same label stands in for the built-in one.
 */
export function builtInApps(settings: ProjectSettings, migrations: readonly MigrationNode[], own: ReadonlySet<string>): readonly string[] {
  const wanted = new Set<string>();
  const want = (app: string): void => {
    if (CONTRIB[app] === undefined || own.has(app) || wanted.has(app)) return;
    wanted.add(app);
    for (const needed of NEEDS[app] ?? []) want(needed);
  };
  for (const entry of settings.installedApps ?? []) {
    const match = /^django\.contrib\.(\w+)/.exec(entry);
    if (match?.[1] !== undefined) want(match[1]);
  }
  for (const migration of migrations) {
    for (const dependency of [...migration.dependencies, ...migration.runBefore]) want(dependency.app);
  }
  return [...wanted].toSorted();
}

export function builtInFiles(app: string, parse: ParsePython): readonly MigrationFile[] {
  return Object.entries(CONTRIB[app] ?? {}).map(([name, text]) => {
    const path = `django.contrib.${app} (built in)`;
    return { app, name, path, module: parse(path, path, text), bytes: new TextEncoder().encode(text), builtIn: true };
  });
}
