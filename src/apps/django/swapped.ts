import type { ProjectState } from "../../sources/django/state.ts";

/**
 * Models that a setting replaces: `auth.user` in a project with a user model of its own. They have no table.
 * @param userModel lower-case label
 */
export function swappedModels(state: ProjectState, userModel: string): ReadonlySet<string> {
  const swapped = new Set<string>();
  for (const [label, model] of state.models) {
    if (model.options["swappable"] === "AUTH_USER_MODEL" && label !== userModel) swapped.add(label);
  }
  return swapped;
}
