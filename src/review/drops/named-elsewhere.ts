import { bareName, type SchemaState } from "../../model/schema.ts";
import type { Dependent, Thing } from "./dependents.ts";
import type { PlaceView } from "./drop-place.ts";
import { placeOf } from "./place.ts";
import { names } from "./uses.ts";

/** A policy or rule of a table, as a statement makes or changes it. */
interface Named {
  readonly kind: "policy" | "rule";
  readonly table: string;
  readonly name: string;
  readonly sql: string;
  readonly place: string;
}

/** Every thing is asked about, and most projects have none of them. */
const known = new WeakMap<PlaceView, readonly Named[]>();

/** Policies and rules of other tables whose text names the thing: Postgres refuses the drop while they are there. */
export function namedElsewhere(view: PlaceView, state: SchemaState, { table, column }: Thing): Dependent[] {
  let all = known.get(view);
  if (all === undefined) {
    all = namedIn(view);
    known.set(view, all);
  }
  const bare = bareName(table);
  return all.flatMap(({ kind, table: owner, name, sql, place }): Dependent[] => {
    if (owner === table) return [];
    const relation = state.relations.get(owner);
    if ((kind === "policy" ? relation?.policies : relation?.rules)?.includes(name) !== true) return [];
    if (!names(sql, bare) || (column !== null && !names(sql, column) && !sql.includes("*"))) return [];
    const what = column === null ? bare : `${bare} and ${column}`;
    const step = `look at the ${kind} ${name} of ${owner} (${place}): it names ${what}`;
    return [{ text: `${kind} ${owner}.${name}`, effect: "unread", step }];
  });
}

function namedIn({ applied, judged }: PlaceView): readonly Named[] {
  const statements = [...applied.flatMap((migration) => migration.statements), ...judged.flat().map(({ statement }) => statement)];
  return statements.flatMap(({ sql, changes, span }) =>
    changes.flatMap((change): Named[] => {
      if (change.kind !== "alter-table-other" || change.object === undefined) return [];
      const { class: kind, name, action } = change.object;
      if ((kind !== "policy" && kind !== "rule") || (action !== "create" && action !== "alter")) return [];
      return [{ kind, table: change.table, name, sql, place: placeOf(span) }];
    }),
  );
}
