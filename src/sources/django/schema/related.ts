import { stringOption } from "../fields.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { labelOf } from "../state.ts";
import type { SchemaEditor } from "./editor.ts";
import { concreteModel, isKey, isManyToMany } from "./types.ts";

/** A field of another model that refers to one, under the name by which Django sorts them. */
export interface Incoming {
  readonly name: string;
  readonly model: ModelState;
  readonly field: FieldState;
  readonly hidden: boolean;
}

/** `_all_related_fields`: every foreign key to the model, those of join tables included, sorted by their reverse name. */
export function incomingKeys(editor: SchemaEditor, state: ProjectState, model: ModelState): readonly Incoming[] {
  const found: Incoming[] = [];
  const label = labelOf(model);
  const pointsHere = (to: string): boolean => to === label || (state.models.get(to)?.proxy === true && concreteLabel(state, to) === label);
  for (const other of state.models.values()) {
    if (other.proxy || other.swapped !== null) continue;
    for (const field of other.fields) {
      if (isManyToMany(field)) {
        const relation = field.relation;
        if (relation === null || relation.through !== null || (!pointsHere(relation.to) && labelOf(other) !== label)) continue;
        const through = editor.throughModel(other, field);
        for (const key of through.fields) {
          if (isKey(key) && key.relation !== null && pointsHere(key.relation.to)) {
            found.push({ name: `${other.name}_${field.name}+`, model: through, field: key, hidden: true });
          }
        }
      } else if (isKey(field) && field.relation !== null && pointsHere(field.relation.to)) {
        const related = stringOption(field, "related_query_name") ?? field.relation.relatedName ?? other.name.toLowerCase();
        found.push({ name: related, model: other, field, hidden: related.endsWith("+") });
      }
    }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function concreteLabel(state: ProjectState, label: string): string | null {
  const model = concreteModel(state, label);
  return model === null ? null : labelOf(model);
}

/** `_related_non_m2m_objects`: the keys whose column follows a field, before and after, and the keys that follow those. */
export function followingKeys(
  editor: SchemaEditor,
  before: { readonly state: ProjectState; readonly model: ModelState; readonly field: FieldState },
  after: { readonly state: ProjectState; readonly model: ModelState; readonly field: FieldState },
  depth = 0,
): readonly { readonly old: Incoming; readonly now: Incoming }[] {
  if (depth > 10) return [];
  const relevant = (incoming: Incoming, field: FieldState): boolean =>
    (field.primaryKey && incoming.field.relation?.toField === null) || incoming.field.relation?.toField === field.name;
  const olds = incomingKeys(editor, before.state, before.model).filter((i) => relevant(i, before.field));
  const news = incomingKeys(editor, after.state, after.model).filter((i) => relevant(i, after.field));
  const pairs: { old: Incoming; now: Incoming }[] = [];
  olds.forEach((old, i) => {
    const now = news[i];
    if (now === undefined) return;
    pairs.push({ old, now });
    pairs.push(
      ...followingKeys(
        editor,
        { state: before.state, model: old.model, field: old.field },
        { state: after.state, model: now.model, field: now.field },
        depth + 1,
      ),
    );
  });
  return pairs;
}
