import type { ChangeKind, ChangeOf } from "../model/change.ts";
import type { PlanRequest } from "./recipe.ts";

/** The request's one change where it is of this kind. */
export function onlyChange<K extends ChangeKind>({ changes }: PlanRequest, kind: K): ChangeOf<K> | null {
  const [change, ...others] = changes;
  return change !== undefined && others.length === 0 && change.kind === kind ? (change as ChangeOf<K>) : null;
}

/** As `onlyChange`, for a recipe that was asked whether it accepts the request. @throws Error where it was not */
export function theChange<K extends ChangeKind>(request: PlanRequest, kind: K): ChangeOf<K> {
  const change = onlyChange(request, kind);
  if (change === null) throw new Error(`${request.words}: a recipe for ${kind} was given something else`);
  return change;
}
