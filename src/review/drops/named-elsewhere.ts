import { bareName, type SchemaState } from "../../model/schema.ts";
import type { Dependent, Thing } from "./dependents.ts";
import type { PlaceView } from "./drop-place.ts";
import { placeOf } from "./place.ts";
import { names } from "./uses.ts";

/** Policies and rules of other tables whose text names the thing: Postgres refuses the drop while they are there. */
export function namedElsewhere({ applied, judged }: PlaceView, state: SchemaState, { table, column }: Thing): Dependent[] {
  const bare = bareName(table);
  const statements = [...applied.flatMap((migration) => migration.statements), ...judged.flat().map(({ statement }) => statement)];
  return statements.flatMap(({ sql, changes, span }) =>
    changes.flatMap((change): Dependent[] => {
      if (change.kind !== "alter-table-other" || change.object === undefined || change.table === table) return [];
      const { class: kind, name, action } = change.object;
      if ((kind !== "policy" && kind !== "rule") || (action !== "create" && action !== "alter")) return [];
      const owner = state.relations.get(change.table);
      if ((kind === "policy" ? owner?.policies : owner?.rules)?.includes(name) !== true) return [];
      if (!names(sql, bare) || (column !== null && !names(sql, column) && !sql.includes("*"))) return [];
      const text = `${kind} ${change.table}.${name}`;
      const what = column === null ? bare : `${bare} and ${column}`;
      return [
        {
          text,
          effect: "unread",
          step: `look at the ${kind} ${name} of ${change.table} (${placeOf(span)}): it names ${what}`,
        },
      ];
    }),
  );
}
