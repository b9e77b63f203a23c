import type { PlaceView } from "./drop-place.ts";
import type { Thing } from "./dependents.ts";
import { placeOf } from "./place.ts";

interface Opaque {
  readonly text: string;
  /** Null: anything. */
  readonly tables: readonly string[] | null;
}

const opaque = new WeakMap<PlaceView, readonly Opaque[]>();

/** Statements that nobody could read and that may have made something which hangs on it. */
export function opaqueBefore(view: PlaceView, { table }: Thing): string[] {
  let all = opaque.get(view);
  if (all === undefined) {
    all = view.applied.flatMap(opaqueIn);
    opaque.set(view, all);
  }
  return all
    .filter(({ tables }) => tables === null || tables.includes(table))
    .slice(0, 5)
    .map(({ text }) => `${text}; it may have made something that uses ${table}`);
}

function opaqueIn({ id, builtIn, statements }: PlaceView["applied"][number]): Opaque[] {
  if (builtIn === true) return [];
  return statements.flatMap((statement): Opaque[] => {
    const { kind, syntaxError, changes, suppressions, span } = statement;
    const judged = suppressions.some(({ rule, reason }) => rule === "opaque-code" && reason !== null);
    // What Python does with rows makes no views; what it sends as text is read as SQL.
    if (judged || kind === "code" || (statement.opaque === null && syntaxError === null)) return [];
    const mayTouch = changes.flatMap((change) => (change.kind === "opaque" ? [change.mayTouch] : []));
    const known = mayTouch.filter((tables) => tables !== null);
    const tables = mayTouch.length > 0 && known.length === mayTouch.length ? known.flat() : null;
    return [{ text: `look at ${id} (${placeOf(span)}): ${statement.opaque ?? syntaxError?.message ?? ""}`, tables }];
  });
}
