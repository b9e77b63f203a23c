import { viewsOn } from "../../../model/apply/index.ts";
import type { Work } from "./work.ts";

/** A relation that CASCADE drops, with the views on it and those on them: each is locked against everybody. */
export function dropWithViews(name: string, work: Work, seen: Set<string> = new Set()): void {
  if (seen.has(name)) return;
  seen.add(name);
  work.lock(name, "AccessExclusive");
  for (const view of viewsOn(work.state, name)) dropWithViews(view.name, work, seen);
}
