import type { OpenTable } from "../../model/query.ts";
import type { ProjectState } from "../../sources/django/state.ts";
import type { CodeIndex } from "./code-index.ts";
import type { Reconciled } from "./reconcile.ts";
import { qualified } from "./sql.ts";

/**
 * Tables whose models may have fields that neither the migrations nor the classes of the repository show: a base, a decorator or a
 * metaclass from a package, and models whose class was not found.
 */
export function openTables(index: CodeIndex, state: ProjectState, { models, classes }: Reconciled): readonly OpenTable[] {
  const own = new Set(index.apps.values());
  return models.all.flatMap((model): OpenTable[] => {
    const cls = classes.get(model.label);
    const table = qualified(model.table);
    if (cls === undefined) {
      const app = state.models.get(model.label)?.app ?? "";
      if (!own.has(app)) return [];
      return [
        {
          table,
          columns: null,
          reason: `no class ${model.name} that is known to be a model was found in the code (its bases may be from a package): it may have fields that no migration has`,
          span: model.span,
        },
      ];
    }
    if (cls.open === null) return [];
    const { reason, fields } = cls.open;
    return [{ table, columns: fields, reason: `${model.name} may have fields that no migration has: ${reason}`, span: model.span }];
  });
}
