import type { Query } from "../../model/query.ts";
import type { AppInput } from "../app.ts";

/** What the version before a migration asks, as far as the migrations alone tell: the models as they are when it starts. */
export interface PreviousVersions {
  /**
   * @param migration id of the migration
   * @param tables bare names; only queries that name one of them are returned
   */
  before(migration: string, tables: ReadonlySet<string>): readonly Query[];
}

/**
 * Where nobody says which version serves, each migration is a release of its own, and the version before it has exactly the models
 * that the migrations before it leave: a field that an earlier migration took out of the models (and left in the database) is not
 * asked for any more.
 */
export async function previousVersions(input: Pick<AppInput, "files" | "root" | "database" | "options">): Promise<PreviousVersions> {
  const { files, root, database, options } = input;
  const { readDjangoProject } = await import("../../sources/django/project.ts");
  const { reconcile } = await import("./reconcile.ts");
  const { ormQueries } = await import("./queries.ts");
  const { CERTAIN } = await import("./sql.ts");
  const { swappedModels } = await import("./swapped.ts");
  const project = await readDjangoProject(files, { type: "django", root, database, options });
  const states = project.statesBefore();
  const userModel = project.settings.authUserModel.toLowerCase();
  return {
    before(migration, tables) {
      const state = states.get(migration);
      if (state === undefined) return [];
      const { models } = reconcile(null, state, swappedModels(state, userModel), { listensTo: () => false });
      // Whether a many-to-many field is used cannot be told without the code of that version: any delete would ask for it.
      const quoted = [...tables].map((table) => `"${table}"`);
      return ormQueries(models, () => CERTAIN).filter((query) => quoted.some((table) => query.sql.includes(table)));
    },
  };
}
