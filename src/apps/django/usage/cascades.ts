import type { Span } from "../../../text/span.ts";
import type { RunningModels } from "../running-model.ts";

/**
 * Every model of which rows go when rows of `deleted` go: along CASCADE foreign keys, to multi-table children and parents.
 * @returns the place of the delete that starts it, per label
 */
export function cascadedFrom(deleted: ReadonlyMap<string, Span>, models: RunningModels): ReadonlyMap<string, { readonly at: Span }> {
  const reached = new Map<string, { readonly at: Span }>();
  const queue = [...deleted].map(([label, at]) => ({ label, at }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const model = models.get(next.label);
    if (model === null || reached.has(model.label)) continue;
    reached.set(model.label, { at: next.at });
    for (const key of models.pointingTo(model)) {
      if (key.onDelete === "CASCADE") queue.push({ label: key.from.label, at: next.at });
    }
    for (const { label } of model.parents) queue.push({ label, at: next.at });
    for (const relation of model.genericRelations) queue.push({ label: relation.to, at: next.at });
  }
  return reached;
}
