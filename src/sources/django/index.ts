import type { Source } from "../source.ts";
import { readDjangoProject } from "./project.ts";
import { renderProject } from "./render.ts";

export { readDjangoProject } from "./project.ts";
export type { DjangoProject } from "./project.ts";
export type { MigrationNode } from "./migration-file.ts";

/** Django's migrations, read without Python and rendered to the SQL that Django 5.2 sends to Postgres. */
export const djangoSource: Source = {
  type: "django",
  summary: "Django migrations (apps are found by their migrations/ folders)",
  detect(files, root) {
    const paths = files.list(root).filter((p) => p.endsWith(".py"));
    if (paths.some((p) => /(?:^|\/)manage\.py$/.test(p))) return true;
    const candidates = paths.filter((p) => /(?:^|\/)migrations\/[^_~/][^/]*\.py$/.test(p)).slice(0, 5);
    return candidates.some((p) => /^class\s+Migration\s*\(/m.test(new TextDecoder().decode(files.read(p))));
  },
  async read(files, settings) {
    const project = await readDjangoProject(files, settings);
    if (project.apps.length === 0) {
      const where = files.display(settings.root);
      const nothing = {
        code: "nothing",
        message: `no Django migrations below ${where}`,
        help: "Point `root` at the folder that holds the apps (the one with manage.py). An app is a folder with a migrations/ folder in it.",
        span: null,
        fatal: true,
      };
      return { migrations: [], problems: [...project.problems, nothing] };
    }
    return { migrations: renderProject(project), problems: project.problems };
  },
};
