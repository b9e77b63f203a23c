import type { SchemaState } from "../../model/schema.ts";
import type { DropDecision } from "./decide.ts";
import { dependentsOf, type Dependent, type Thing } from "./dependents.ts";
import type { PlaceView } from "./drop-place.ts";
import { shownName } from "./words.ts";

/** What is to be said when the schema here does not have the thing, or null when it has. */
export function whenAbsent(view: PlaceView, candidate: Thing): DropDecision | null {
  if (has(view.start, candidate)) return null;
  const { name } = view.environment;
  const dropping = view.applied.find(({ statements }) =>
    statements.some(({ changes }) => changes.some((change) => drops(change, candidate))),
  );
  if (dropping !== undefined)
    return { verdict: "droppable", missing: [], since: null, sentence: `dropped already: ${dropping.id} is applied in ${name}` };
  const adding = view.judged.flat().find(({ before, after }) => !has(before, candidate) && has(after, candidate));
  if (adding !== undefined) {
    return {
      verdict: "blocked",
      missing: [`apply ${adding.migration.id}`],
      since: null,
      sentence: `not there yet: ${adding.migration.id} is not applied in ${name}`,
    };
  }
  const table = view.start.relations.get(candidate.table);
  const what = table === undefined || candidate.column === null ? candidate.table : shownName(candidate);
  return {
    verdict: "unknown",
    missing: [`show tread where ${what} comes from: no migration that was read creates it (--schema FILE, \`base:\` on the source)`],
    since: null,
    sentence: `not known: no migration that was read creates ${what}`,
  };
}

export function has(state: SchemaState, { table, column }: Thing): boolean {
  const relation = state.relations.get(table);
  return relation !== undefined && (column === null || relation.columns.some(({ name }) => name === column));
}

function drops(
  change: { readonly kind: string } & Partial<Record<"name" | "table" | "column", unknown>>,
  { table, column }: Thing,
): boolean {
  if (change.kind === "drop-relation") return change.name === table;
  return change.kind === "drop-column" && change.table === table && change.column === column;
}

/** The migration that waits to be applied here and drops the thing. */
export function droppedBy(view: PlaceView, candidate: Thing): string | null {
  return view.judged.flat().find(({ before, after }) => has(before, candidate) && !has(after, candidate))?.migration.id ?? null;
}

/** The migration that waits here and takes a dependent away, before the thing itself goes. */
export function goneBy(view: PlaceView, candidate: Thing, dependent: Dependent): string | null {
  let last: string | null = null;
  for (const { migration, after } of view.judged.flat()) {
    if (!has(after, candidate)) return last;
    if (last === null && !dependentsOf(after, candidate).some(({ text, effect }) => text === dependent.text && effect === "in-the-way"))
      last = migration.id;
  }
  return last;
}
